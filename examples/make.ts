// Owns the making of the examples: `node examples/make.ts` writes them beside this file.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type PdfContent, writePdf } from '../test/fixtures/pdfWriter.ts';
import { invoice } from './invoice.ts';
import { letter } from './letter.ts';
import { minutes } from './minutes.ts';
import { receipt, scannedLetter, screenshot } from './pictures.ts';
import { report } from './report.ts';

/** Each PDF with text by its file name; the same bytes every time. */
export const EXAMPLES: Record<string, PdfContent> = {
  'invoice.pdf': invoice,
  'minutes.pdf': minutes,
  'report.pdf': report,
  'brief.pdf': letter,
};

if (import.meta.main) {
  for (const [name, content] of Object.entries(EXAMPLES)) {
    writeFileSync(join(import.meta.dirname, name), writePdf(content));
  }
  writeFileSync(join(import.meta.dirname, 'deploy.png'), screenshot());
  writeFileSync(join(import.meta.dirname, 'receipt.jpg'), await receipt());
  writeFileSync(join(import.meta.dirname, 'scan.pdf'), writePdf(await scannedLetter()));
}
