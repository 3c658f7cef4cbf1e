// What a picture is called by its words: only what several signs speak for, and in no time for any text.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PictureKind } from '../../../src/domain/answer.ts';
import { guessPictureKind } from '../../../src/pipeline/pictureKind.ts';

test.each<[PictureKind, string]>([
  ['receipt', 'CAFE MORGENROT\n2 x Cappuccino\t7.60\nVAT 19 %\t2.38\nTOTAL\tEUR 14.90\nPaid by card. Thank you!'],
  ['receipt', 'EDEKA\nMilch 1,19\nSUMME EUR 1,19\nGeg. BAR 2,00\nRückgeld 0,81'],
  ['invoice', 'Rechnung Nr. 4711\nzahlbar bis 14.5.2026\nIBAN DE02 1203 0000 0000 2020 51'],
  ['terminal', '$ npm run deploy\nError: disk quota exceeded on node web-03'],
  ['terminal', 'anna@web-03:~$ ls /var/log/nginx\nbash: command not found'],
  ['chart', 'AAPL 190C 12/20\nBid 2.10 Ask 2.15\n+12.4 %\nBuy to open'],
  ['event', 'Konzert im Hafen\nFreitag, 12. Juni\nEinlass 19:00 Uhr'],
  ['chat', 'Anna 17:02\nAre you there?\nBen 17:03\nYes\nAnna 17:05\nread'],
])('%s', (kind, text) => {
  expect(guessPictureKind(text)).toBe(kind);
});

test.each([
  '',
  'The disk of server seven is full.\nPlease delete old backups.',
  'Dear Anna, the total of our holidays was three weeks. Yours, Ben',
  'Minutes of the meeting of 9 March 2026, begun at 19:00',
])('just a picture: %s', (text) => {
  expect(guessPictureKind(text)).toBeNull();
});

test('any text is judged, however odd', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (text) => {
      expect([null, 'receipt', 'invoice', 'terminal', 'chat', 'event', 'chart']).toContain(guessPictureKind(text));
    }),
  );
});
