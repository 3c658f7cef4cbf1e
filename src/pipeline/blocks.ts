// Owns the shape of a page: its lines sorted into headings, prose, list items and table rows, each reflowed to one string.

export type BlockKind = 'heading' | 'prose' | 'item' | 'row';
export type Block = { kind: BlockKind; text: string };

const BULLET = /^\s*(?:[•◦▪■●‣∙·*–—-]|o(?= )|\(?(?:\d{1,2}|[a-z])[.)])\s+(?=\S)/;
const SECTION_NUMBER = /^(?:\d+\.)*\d+\.?\s+\p{Lu}/u;
const TABLE_OF_CONTENTS = /(?:\.\s?){4,}\s*[\divxlc]*\s*$|\u2026{2,}\s*\d*\s*$/i;
const PAGE_NUMBER = /^\s*[-–—|]*\s*(?:\d{1,4}|[ivxlc]{1,6})\s*[-–—|]*\s*$/;
const ENDS_SENTENCE = /[.!?:;。！？…]["'”’»)\]]*\s*$/;
const CJK = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;

/** Longer lines are text, even without a full stop. */
const MAX_HEADING_CHARS = 90;

/** The page's blocks in order; tables of contents and bare page numbers are left out. */
export function blocksOf(text: string): Block[] {
  return text.split(/\n\s*\n/).flatMap(blocksOfParagraph);
}

function blocksOfParagraph(paragraph: string): Block[] {
  const lines = paragraph.split('\n').filter((line) => line.trim() !== '' && !isNoise(line));
  const width = Math.max(0, ...lines.map((line) => line.length));
  const blocks: Block[] = [];
  let open: Block | undefined;
  for (const [index, line] of lines.entries()) {
    const kind = kindOfLine(line, lines, index);
    const joins = kind === 'prose' && open !== undefined && (open.kind === 'prose' || open.kind === 'item');
    if (joins && open && !endsEarly(lines[index - 1], line, width)) {
      open.text = joinLines(open.text, line.trim());
      continue;
    }
    open = { kind, text: kind === 'item' ? line.replace(BULLET, '').trim() : line.trim() };
    blocks.push(open);
  }
  return blocks;
}

function isNoise(line: string): boolean {
  return TABLE_OF_CONTENTS.test(line) || PAGE_NUMBER.test(line);
}

function kindOfLine(line: string, lines: readonly string[], index: number): BlockKind {
  if (line.trim().includes('\t')) return 'row';
  if (BULLET.test(line)) return SECTION_NUMBER.test(line) && lines.length === 1 ? 'heading' : 'item';
  return looksLikeHeading(line, lines, index) ? 'heading' : 'prose';
}

/** A short line without a full stop that stands alone, or before text that begins anew. */
function looksLikeHeading(line: string, lines: readonly string[], index: number): boolean {
  const text = line.trim();
  if (text.length > MAX_HEADING_CHARS || ENDS_SENTENCE.test(text) || /,$/.test(text)) return false;
  if (!/^["'“„«(]?[\p{Lu}\p{Lo}\d]/u.test(text)) return false;
  if (lines.length === 1) return true;
  if (index > 0 && !ENDS_SENTENCE.test(lines[index - 1] ?? '')) return false;
  return SECTION_NUMBER.test(text) && text.length < 60;
}

/** A line that ends its sentence well before the margin ends its paragraph, when the next begins with a capital. */
function endsEarly(previous: string | undefined, line: string, width: number): boolean {
  if (!previous || !ENDS_SENTENCE.test(previous)) return false;
  return previous.length < width * 0.7 && /^\s*[\p{Lu}\p{Lo}\d]/u.test(line);
}

function joinLines(first: string, second: string): string {
  const isCjk = CJK.test(first.at(-1) ?? '') && CJK.test(second[0] ?? '');
  return isCjk ? first + second : `${first} ${second}`;
}
