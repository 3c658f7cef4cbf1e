// Owns the removal of what stands on every page: running headers, footers with page numbers, watermark lines.

export type TextPage = { page: number; text: string };

/** Fewer pages show no habit. */
const MIN_PAGES = 3;

/** Share of the pages (or of the odd or even ones: facing pages differ) that must carry a line. */
const MIN_SHARE = 0.6;

/** Headers and footers stand among so many lines at the edge. */
const EDGE_LINES = 3;

/** A watermark is short; a longer repeated line is content. */
const MAX_WATERMARK_CHARS = 60;

/** A shorter header may well be how a line of the text begins. */
const MIN_OPENING_CHARS = 20;

type Zone = 'top' | 'bottom' | 'anywhere';
type Line = { text: string; zones: Zone[] };

/** More pages show nothing more about a document's habits. */
const SAMPLE_PAGES = 100;

/** The pages without their running lines. */
export function withoutRunningLines(pages: readonly TextPage[]): TextPage[] {
  return pages.map(runningLineFilter(pages));
}

/**
 * What takes the running lines off a page. Conservative: it needs three pages, a line must recur on 60 % of them at the same
 * edge (numbers may differ), or word for word anywhere if it is short and no table row; no page loses all its lines.
 */
export function runningLineFilter(pages: readonly TextPage[]): (page: TextPage) => TextPage {
  const sample = pages.slice(0, SAMPLE_PAGES).map(({ page, text }) => ({ page, lines: splitLines(text) }));
  const running = findRunning(sample);
  if (running.size === 0) return (page) => page;
  const openings = openingsOf(running);
  return (page) => {
    const kept = splitLines(page.text)
      .filter((line) => !line.zones.some((zone) => running.has(keyOf(zone, line.text))))
      .map((line) => (openings && line.zones.includes('top') ? withoutOpening(line, openings) : line));
    return kept.every((line) => line.text.trim() === '') ? page : { page: page.page, text: tidy(kept) };
  };
}

function splitLines(text: string): Line[] {
  const lines: Line[] = text.split('\n').map((line) => ({ text: line, zones: [] }));
  const filled = lines.filter((line) => line.text.trim() !== '');
  for (const line of filled.slice(0, EDGE_LINES)) line.zones.push('top');
  for (const line of filled.slice(-EDGE_LINES)) line.zones.push('bottom');
  for (const line of filled) if (mayBeWatermark(line.text)) line.zones.push('anywhere');
  return lines;
}

function mayBeWatermark(text: string): boolean {
  return text.length <= MAX_WATERMARK_CHARS && !text.includes('\t') && /\p{L}{3}/u.test(text) && !/\d/.test(text);
}

/** Page numbers and dates of printing change from page to page: digits count as one. */
function keyOf(zone: Zone, text: string): string {
  const plain = text.trim().replaceAll(/\s+/g, ' ').toLowerCase();
  return `${zone} ${zone === 'anywhere' ? plain : plain.replaceAll(/\d+/g, '#')}`;
}

/** Headers that a figure or a table stands right beside: the same words, and then the page's own. */
function openingsOf(running: ReadonlySet<string>): RegExp | null {
  const headers = [...running].filter((key) => key.startsWith('top ') && key.length >= MIN_OPENING_CHARS);
  if (headers.length === 0) return null;
  const patterns = headers.map((key) => {
    const escaped = key.slice('top '.length).replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&');
    return escaped.replaceAll(' ', '\\s+').replaceAll('#', '\\d+');
  });
  return new RegExp(`^\\s*(?:${patterns.join('|')})\\s+`, 'i');
}

function withoutOpening(line: Line, openings: RegExp): Line {
  return { ...line, text: line.text.replace(openings, '') };
}

/** On how many pages a line stands, counted for all pages and for those with odd and even numbers. */
type Counts = [all: number, even: number, odd: number];

function findRunning(pages: { page: number; lines: Line[] }[]): Set<string> {
  const totals = countOf(pages.map(({ page }) => page));
  const counts = new Map<string, Counts>();
  for (const { page, lines } of pages) {
    for (const key of new Set(lines.flatMap((line) => line.zones.map((zone) => keyOf(zone, line.text))))) {
      const count = counts.get(key) ?? [0, 0, 0];
      counts.set(key, count);
      count[0] += 1;
      count[page % 2 === 0 ? 1 : 2] += 1;
    }
  }
  const running = [...counts].filter(([, count]) => isHabit(count, totals)).map(([key]) => key);
  return new Set(running);
}

function countOf(pageNumbers: number[]): Counts {
  const even = pageNumbers.filter((page) => page % 2 === 0).length;
  return [pageNumbers.length, even, pageNumbers.length - even];
}

function isHabit(count: Counts, totals: Counts): boolean {
  return count.some((found, index) => found >= MIN_PAGES && found >= (totals[index] ?? 0) * MIN_SHARE);
}

function tidy(lines: Line[]): string {
  const text = lines.map((line) => line.text).join('\n');
  return text.replaceAll(/\n{3,}/g, '\n\n').trim();
}
