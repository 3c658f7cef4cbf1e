// Owns the text of a page that has a text layer and a scan: what was recognised, and what of the layer is not in it.
import type { PageScan, PageText } from '../domain/reading.ts';
import { isDamagedText } from './usableText.ts';

/** The page with what the scan found; a layer of damaged characters goes, a stamp that the scan does not have stays. */
export function mergePage(page: PageText, scan: PageScan | undefined): PageText {
  if (!scan) return page;
  const layer = isDamagedText(page.text) ? '' : page.text;
  if (scan.text === '') return { page: page.page, text: layer, source: layer === '' ? 'blank' : 'text' };
  const found = lettersOf(scan.text);
  const missing = layer.split('\n').filter((line) => !found.includes(lettersOf(line)));
  return { page: page.page, text: [scan.text, ...missing].join('\n'), source: scan.source };
}

/** What two readings of one line agree on, however they see its spaces and dashes. */
function lettersOf(text: string): string {
  return text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}
