// Owns the shape of a page: its lines sorted into headings, prose, list items, table rows and contents, each reflowed to one string.

/** `contents` is a line of a table of contents, without its leader and page number. */
export type BlockKind = 'heading' | 'prose' | 'item' | 'row' | 'contents';
export type Block = { kind: BlockKind; text: string };

const BULLET = /^\s*(?:[•◦▪■●‣∙·*–—-]|o(?= )|\(?(?:\d{1,2}|[a-z])[.)])\s+(?=\S)/;
const CLEAR_BULLET = /^\s*[•◦▪■●‣]/;
const SECTION_NUMBER = /^(?:\d+\.)*\d+\.?\s+\p{Lu}/u;
const LEADER = /(?:(?:\.\s?){4,}|[\u2026\u22ef]{2,})[\s\divxlc０-９]*$/i;
/** The end of a line that is looked at for dots: a line of nothing else must not be tried from each of them. */
const LEADER_CHARS = 200;
const PAGE_NUMBER = /^\s*[-–—|]*\s*(?:\d{1,4}|[ivxlc]{1,6})\s*[-–—|]*\s*$/;
const ENDS_SENTENCE = /[.!?:;。！？…]["'”’»)\]]*\s*$/;
const BEGINS_ANEW = /^\s*["'“„«(]?[\p{Lu}\p{Lo}\d]/u;
const BEGINS_WITH_CAPITAL = /^\s*["'“„«(]?[\p{Lu}\p{Lo}]/u;
const CJK = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;

/** Longer lines are text, even without a full stop. */
const MAX_HEADING_CHARS = 90;

/** A line that fills less than this share of the width of the lines around it ends there, if the next begins anew. */
const SHORT_LINE = 0.62;
const VERY_SHORT_LINE = 0.4;
const LINES_AROUND = 3;

/** No column of text is narrower; where all lines are, they are an address or a list. */
const MIN_WIDTH = 45;

/** The page's blocks in order; bare page numbers are left out. */
export function blocksOf(text: string): Block[] {
  return text.split(/\n\s*\n/).flatMap(blocksOfParagraph);
}

function blocksOfParagraph(paragraph: string): Block[] {
  const lines = paragraph.split('\n').filter((line) => line.trim() !== '' && !PAGE_NUMBER.test(line));
  const blocks: Block[] = [];
  let open: Block | undefined;
  for (const [index, line] of lines.entries()) {
    const kind = kindOfLine(line, lines, index);
    const goesOn = kind === 'prose' && (open?.kind === 'prose' || open?.kind === 'item');
    if (goesOn && open && !endsEarly(lines, index - 1)) {
      open.text += separator(lines[index - 1] ?? '', line) + line.trim();
      continue;
    }
    open = { kind, text: ownText(kind, line) };
    blocks.push(open);
  }
  return blocks;
}

function ownText(kind: BlockKind, line: string): string {
  if (kind === 'item') return line.replace(BULLET, '').trim();
  return (kind === 'contents' ? withoutLeader(line) : line).trim();
}

function withoutLeader(line: string): string {
  const head = line.slice(0, -LEADER_CHARS);
  return head + line.slice(head.length).replace(LEADER, '');
}

function kindOfLine(line: string, lines: readonly string[], index: number): BlockKind {
  if (LEADER.test(line.slice(-LEADER_CHARS))) return 'contents';
  if (line.trim().includes('\t')) return 'row';
  if (isItem(lines, index)) return isNumberedHeading(lines, index) ? 'heading' : 'item';
  return looksLikeHeading(line, lines, index) ? 'heading' : 'prose';
}

/** `2. Report of the board` above text, where a list would go on with its next number. */
function isNumberedHeading(lines: readonly string[], index: number): boolean {
  const [line = '', next] = [lines[index], lines[index + 1]];
  if (!SECTION_NUMBER.test(line) || ENDS_SENTENCE.test(line) || line.length > MAX_HEADING_CHARS) return false;
  return index === 0 && (next === undefined || (!BULLET.test(next) && endsEarly(lines, 0)));
}

/** A dash or a number begins an item only where the line before has ended: `on 27 or⏎28. March` is none. */
function isItem(lines: readonly string[], index: number): boolean {
  const [line = '', previous] = [lines[index], lines[index - 1]];
  if (!BULLET.test(line)) return false;
  if (previous === undefined || CLEAR_BULLET.test(line) || BULLET.test(previous)) return true;
  return ENDS_SENTENCE.test(previous) || endsEarly(lines, index - 1);
}

/** A short line without a full stop that stands alone, numbered, or above text that fills the width. */
function looksLikeHeading(line: string, lines: readonly string[], index: number): boolean {
  const text = line.trim();
  if (text.length > MAX_HEADING_CHARS || ENDS_SENTENCE.test(text) || /,$/.test(text)) return false;
  if (!BEGINS_ANEW.test(text)) return false;
  if (lines.length === 1) return true;
  if (index === 0 && endsEarly(lines, 0)) return true;
  const follows = index > 0 && !ENDS_SENTENCE.test(lines[index - 1] ?? '');
  return !follows && SECTION_NUMBER.test(text) && text.length < 60;
}

function endsEarly(lines: readonly string[], index: number): boolean {
  const around = lines.slice(Math.max(0, index - LINES_AROUND), index + LINES_AROUND + 1);
  const [line = '', next = ''] = [lines[index], lines[index + 1]];
  const least = CJK.test(line) ? 0 : MIN_WIDTH;
  const width = Math.max(least, ...around.map((other) => other.length));
  if (line.length >= width * SHORT_LINE) return false;
  if (BEGINS_WITH_CAPITAL.test(next)) return true;
  return BEGINS_ANEW.test(next) && (ENDS_SENTENCE.test(line) || line.length < width * VERY_SHORT_LINE);
}

/** Chinese and Japanese need no space between their lines. */
function separator(line: string, next: string): string {
  return CJK.test(line.trimEnd().at(-1) ?? '') && CJK.test(next.trimStart()[0] ?? '') ? '' : ' ';
}
