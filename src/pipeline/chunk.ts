// Owns cutting a document's text into chunks that fit a model, with the pages that each comes from.

export type PagePart = { page: number; text: string };
/** Parts of consecutive pages, in order; a page that is cut has a part in each of its chunks. */
export type Chunk = { parts: PagePart[] };

/**
 * Bytes of UTF-8 that are safe to count as one token. Measured with o200k and cl100k on PDFs: English and German prose
 * 3.6–5.1 bytes a token, Polish 2.7, Chinese 2.6–3.7, columns of figures 1.7. What holds more tokens than this is met by
 * the server's own count when it refuses.
 */
const BYTES_PER_TOKEN = 3;

/** A page that must be cut anyway fills the open chunk when that has more than this share left: 1 of 4. */
const WORTH_FILLING = 4;

/** Borders to cut at, best first: paragraphs, sentences, lines, words. */
const BORDERS = [/\n\s*\n/g, /[.!?]["'”’»)\]]*\s+|[。！？]/g, /\n/g, /\s/g];

/** About how many tokens a text has; more often too many than too few. */
export function estimateTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN);
}

/**
 * Chunks of at most `maxTokens` as `renderChunk` writes them. Pages stay whole where they fit into a chunk; larger ones are
 * cut between paragraphs, sentences, lines or words, else anywhere between two characters. Nothing is lost but pages
 * without text.
 */
export function splitIntoChunks(pages: readonly PagePart[], maxTokens: number): Chunk[] {
  const maxBytes = maxTokens * BYTES_PER_TOKEN;
  const chunks: Chunk[] = [];
  let openBytes = 0;

  const put = (part: PagePart) => {
    const bytes = Buffer.byteLength(renderPart(part));
    const open = chunks.at(-1);
    if (open && openBytes + bytes <= maxBytes) {
      append(open, part);
      openBytes += bytes;
    } else {
      chunks.push({ parts: [part] });
      openBytes = bytes;
    }
  };

  for (const part of pages) {
    if (part.text.trim() === '') continue;
    if (Buffer.byteLength(renderPart(part)) <= maxBytes) {
      put(part);
      continue;
    }
    const markBytes = Buffer.byteLength(renderPart({ ...part, text: '' }));
    const left = maxBytes - openBytes;
    const first = chunks.length > 0 && left >= maxBytes / WORTH_FILLING ? left : maxBytes;
    for (const text of cut(part.text, first - markBytes, maxBytes - markBytes)) put({ page: part.page, text });
  }
  return chunks;
}

/** Pieces of one page, met again after a chunk was cut smaller, become one. */
function append(chunk: Chunk, part: PagePart): void {
  const last = chunk.parts.at(-1);
  if (last?.page === part.page) chunk.parts[chunk.parts.length - 1] = { page: part.page, text: last.text + part.text };
  else chunk.parts.push(part);
}

/** The chunk as the model sees it: a line such as `[page 3]` before the text of each page. */
export function renderChunk(chunk: Chunk): string {
  return chunk.parts.map(renderPart).join('');
}

function renderPart({ page, text }: PagePart): string {
  return `[page ${page}]\n${text}\n`;
}

/** The first and the last page of a chunk. */
export function pageRange(chunk: Chunk): { from: number; to: number } {
  return { from: chunk.parts[0]?.page ?? 0, to: chunk.parts.at(-1)?.page ?? 0 };
}

/** Pieces of at most `firstBytes` and then `nextBytes` (one character may be larger); joined they are the text. */
function cut(text: string, firstBytes: number, nextBytes: number): string[] {
  const pieces: string[] = [];
  let maxBytes = firstBytes;
  for (let rest = text; rest !== ''; maxBytes = nextBytes) {
    const piece = firstPiece(rest, maxBytes);
    pieces.push(piece);
    rest = rest.slice(piece.length);
  }
  return pieces;
}

/** The text itself when it fits, else its longest beginning that ends well. */
function firstPiece(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) return text;
  return text.slice(0, bestCut(text, prefixLength(text, maxBytes)));
}

/** Length in UTF-16 units of the longest prefix of whole characters within `maxBytes`, at least one character. */
function prefixLength(text: string, maxBytes: number): number {
  let bytes = 0;
  let length = 0;
  while (length < text.length) {
    const codePoint = text.codePointAt(length) as number;
    bytes += codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
    if (bytes > maxBytes && length > 0) break;
    length += codePoint < 0x10000 ? 1 : 2;
  }
  return length;
}

/** The beginning of a text that has at most `maxTokens`, ended at the best border there is. */
export function beginningOf(text: string, maxTokens: number): string {
  return firstPiece(text, maxTokens * BYTES_PER_TOKEN);
}

/** Where to cut at or before `end`: after the best border of the second half, so that pieces do not become tiny. */
function bestCut(text: string, end: number): number {
  const half = Math.floor(end / 2);
  const window = text.slice(half, end);
  for (const border of BORDERS) {
    let last = 0;
    for (const match of window.matchAll(border)) last = match.index + match[0].length;
    if (last > 0) return half + last;
  }
  return end;
}
