// Owns the pictures among the examples: a screenshot, a photographed receipt, and the pages of a scanned letter.
import { createCanvas, loadImage } from '@napi-rs/canvas';
import { drawScan, drawScreen } from '../test/fixtures/drawnText.ts';
import type { PdfContent } from '../test/fixtures/pdfWriter.ts';

const RECEIPT = [
  'CAFE MORGENROT',
  'Hafenstrasse 12, 20457 Hamburg',
  '',
  'Date: 2026-03-14   17:42',
  'Receipt no. 004711',
  '',
  '2 x Cappuccino            7.60',
  '1 x Apple cake            4.20',
  '1 x Mineral water         3.10',
  '',
  'Subtotal                 14.90',
  'VAT 19 %                  2.38',
  'TOTAL               EUR  14.90',
  '',
  'Paid by card. Thank you!',
];

/** A terminal with a failed deployment, as a member would post it. */
export function screenshot(): Buffer {
  return drawScreen(
    [
      '$ npm run deploy',
      'Building release 4.2.1 for production',
      'Tests passed: 318 of 318',
      'Uploading 12 files to storage-eu-west',
      'Error: disk quota exceeded on node web-03',
      'Rollback to release 4.2.0 finished in 14 seconds',
      'Please free at least 2 GB on web-03 and try again.',
    ],
    { px: 16, theme: 'dark', font: 'mono' },
  );
}

/** A receipt on a table, a little askew. */
export async function receipt(): Promise<Buffer> {
  const paper = await loadImage(drawScreen(RECEIPT, { px: 22, font: 'mono' }));
  const canvas = createCanvas(paper.width + 120, paper.height + 100);
  const context = canvas.getContext('2d');
  context.fillStyle = '#8a6f52';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.translate(60, 40);
  context.rotate(0.012);
  context.drawImage(paper, 0, 0);
  return canvas.toBuffer('image/jpeg', 88);
}

/** The pages of a letter that somebody put on a scanner. */
export async function scannedLetter(): Promise<PdfContent> {
  const pages = await Promise.all(
    [
      [
        'Nordlicht Housing Cooperative',
        'Hafenstrasse 12, 20457 Hamburg',
        '',
        'Notice to all tenants of Hafenstrasse 12',
        '',
        'The heating of the whole house will be renewed between 4 May and 22 May 2026.',
        'The work begins in the cellar and goes up floor by floor, two days for each.',
        'During this time there will be no warm water between 8 in the morning and 4 in',
        'the afternoon. Please keep the radiators free and remove carpets below them.',
      ],
      [
        'The craftsmen need access to every flat once. You will find the day of your floor',
        'on the notice board from 20 April on. If you cannot be at home that day, please',
        'leave a key with the caretaker, Mr. Petersen, telephone 040 555 0172.',
        '',
        'The rent will be lowered by 15 percent for the month of May.',
        'It does not have to be applied for; the sum is deducted by the cooperative.',
        '',
        'Hamburg, 2 April 2026',
      ],
    ].map((lines) => drawScan(lines, { dpi: 150, points: 11 })),
  );
  return { pages: pages.map((picture) => ({ picture })) };
}
