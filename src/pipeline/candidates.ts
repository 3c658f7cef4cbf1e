// Owns the pieces of a document that an extract may quote: which they are, where they stand, what words they hold.
import { type Block, type BlockKind, blocksOf } from './blocks.ts';
import type { Body } from './body.ts';
import { countCharacters } from './characters.ts';
import { splitSentences } from './sentences.ts';
import { contentWords } from './words.ts';

export type Candidate = {
  text: string;
  page: number;
  /** Place in the document, from 0. */
  order: number;
  kind: BlockKind;
  /** A whole sentence, fit to stand in a summary by itself. */
  isSentence: boolean;
  /** The first of its block, right below a heading. */
  opensSection: boolean;
  /** Share of the page's characters that is prose: low on pages of code, tables and indexes. */
  pageProse: number;
  readonly words: ReadonlySet<string>;
};

const ENDS_SENTENCE = /[.!?。！？…]["'”’»)\]]*$/;
const STARTS_SENTENCE = /^["'“„«‚(¿¡]*[\p{Lu}\p{Lo}\p{N}]/u;

const MIN_CHARS = 35;
const MAX_CHARS = 420;
const MIN_CJK = 12;
const MIN_WORDS = 5;

/** Below these shares of letters and spaces, and of what else stands in plain sentences, it is a formula, a table or code. */
const MIN_LETTER_SHARE = 0.62;
const MIN_PLAIN_SHARE = 0.91;

/** All pieces of the body in order. */
export function candidatesOf(body: Body): Candidate[] {
  const candidates: Candidate[] = [];
  for (const { page, text } of body) {
    const blocks = blocksOf(text);
    const pageProse = proseShare(blocks);
    let before: Block | undefined;
    for (const block of blocks) {
      for (const [index, piece] of piecesOf(block).entries()) {
        const opensSection = before?.kind === 'heading' && index === 0;
        // A salutation ends with a comma, and the letter goes on in lower case.
        const mayBeginSmall = index === 0 && before?.text.endsWith(',') === true;
        const isText = block.kind === 'prose' || block.kind === 'item';
        const isSentence = isText && isWholeSentence(piece) && (mayBeginSmall || STARTS_SENTENCE.test(piece));
        const order = candidates.length;
        candidates.push(withWords({ text: piece, page, order, kind: block.kind, isSentence, opensSection, pageProse }));
      }
      before = block;
    }
  }
  return candidates;
}

/** Most pieces of a manual are never compared with another: their words are looked for when they are asked for. */
function withWords(piece: Omit<Candidate, 'words'>): Candidate {
  let words: ReadonlySet<string> | undefined;
  return {
    ...piece,
    get words() {
      words ??= contentWords(piece.text);
      return words;
    },
  };
}

function piecesOf(block: Block): string[] {
  const plain = block.text.replaceAll(/\s+/g, ' ');
  return block.kind === 'prose' || block.kind === 'item' ? splitSentences(plain) : [plain];
}

function proseShare(blocks: readonly Block[]): number {
  let all = 0;
  let prose = 0;
  for (const { kind, text } of blocks) {
    all += text.length;
    if ((kind === 'prose' || kind === 'item') && text.length > 60) prose += text.length;
  }
  return all === 0 ? 0 : prose / all;
}

function isWholeSentence(text: string): boolean {
  if (text.length > MAX_CHARS || !ENDS_SENTENCE.test(text)) return false;
  const counts = countCharacters(text);
  if (counts.unspaced > text.length / 2) return counts.unspaced >= MIN_CJK;
  if (text.length < MIN_CHARS || counts.words < MIN_WORDS) return false;
  const letters = counts.letters + counts.spaces;
  if (letters < text.length * MIN_LETTER_SHARE) return false;
  const plain = letters + counts.digits + counts.punctuation;
  return plain >= text.length * MIN_PLAIN_SHARE && !/[{}<>\\=|_]{2}|\.{3,}\s*\d/.test(text);
}
