// What an extract quotes: whole sentences worth reading, and the figures that people look for.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Extract } from '../../../src/domain/reading.ts';
import type { Body } from '../../../src/pipeline/body.ts';
import { extract } from '../../../src/pipeline/extractive.ts';

const bodyOf = (...texts: string[]): Body => texts.map((text, index) => ({ page: index + 1, text }));
const textsOf = (sentences: Extract['summary']): string[] => sentences.map((sentence) => sentence.text);
const flat = (text: string): string => text.replaceAll(/\s+/g, ' ');

const minutes = `Minutes of the General Meeting

1. Opening

The meeting of the housing co-operative was opened by Marta Okafor. The agenda was accepted without changes.

2. Accounts

The treasurer presented the accounts of the co-operative for the past year. The year closed with a surplus of EUR 13,550.
The auditors found no errors in the accounts and proposed to discharge the board.

3. New roof

The meeting decided to give the order for the new roof to the firm Brandt for EUR 184,000.
The work on the roof begins on 1 June 2026. The cost of the roof is paid from the reserve of the co-operative.

4. House rules

The meeting allowed cargo bicycles in the courtyard. The laundry stays open until ten in the evening.

© 2026 Lindenhof Housing Co-operative. All rights reserved. See www.lindenhof.example for the statutes of the house.`;

describe('the summary', () => {
  const { summary, keyPoints } = extract(bodyOf(minutes), 'Minutes of the General Meeting');

  test('has three to eight whole sentences in the order of the document', () => {
    expect(summary.length).toBeGreaterThanOrEqual(3);
    expect(summary.length).toBeLessThanOrEqual(8);
    const places = textsOf(summary).map((text) => flat(minutes).indexOf(text));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    for (const text of textsOf(summary)) expect(text).toMatch(/^[A-Z].*\.$/);
  });

  test('has no headings, notices of copyright and addresses', () => {
    const all = textsOf(summary).join('\n');
    expect(all).not.toMatch(/©|rights|www|Opening|^Minutes of/m);
  });

  test('is told apart from the key points, which have the amounts and dates', () => {
    expect(textsOf(keyPoints).filter((text) => textsOf(summary).includes(text))).toEqual([]);
    const all = [...textsOf(summary), ...textsOf(keyPoints)].join('\n');
    expect(all).toContain('EUR 184,000');
    expect(all).toContain('1 June 2026');
  });

  test('names the page of each sentence', () => {
    const second = 'The dyke was raised by sixty centimetres and given a core of clay.';
    const pages = bodyOf('The river rose in January and all the dykes held the water back.', second);
    expect(extract(pages).summary).toContainEqual({ text: second, page: 2 });
  });

  test('quotes a sentence that runs over lines as one', () => {
    const text = 'The board reported that all of the flats in the house\nwere let throughout the whole of the year.';
    expect(textsOf(extract(bodyOf(text)).summary)).toEqual([text.replace('\n', ' ')]);
  });

  test('says a repeated sentence once', () => {
    const sentence = 'All visitors have to sign the book at the gate.';
    const pages = Array.from(
      { length: 4 },
      (_, index) => `${sentence} Room ${index} of the old house is open to all visitors.`,
    );
    expect(textsOf(extract(bodyOf(...pages)).summary).filter((text) => text === sentence).length).toBeLessThanOrEqual(
      1,
    );
  });

  test('leaves out contents, code and shreds', () => {
    const text = `Contents

1 The harbour ........... 4
2 The ferry ............. 12

The harbour lies in the north of the town and never freezes in winter.

if (a == b) { return foo[bar]; } else { x |= y; }

and of the ferry, which sails at noon

The ferry sails at noon and comes back before the evening bell rings.

The market in front of the harbour is open on every day of the week.`;
    expect(textsOf(extract(bodyOf(text)).summary)).toEqual([
      'The harbour lies in the north of the town and never freezes in winter.',
      'The ferry sails at noon and comes back before the evening bell rings.',
      'The market in front of the harbour is open on every day of the week.',
    ]);
  });
});

describe('documents that are not prose', () => {
  test('an invoice gives its total and its dates', () => {
    const text = `Invoice 2026-0417

Date of invoice:\t14 April 2026
Payment due by:\t14 May 2026

Disc brake set\t1\t£148.00\t£148.00
Drive belt\t1\t£96.50\t£96.50
Labour, hours\t4.5\t£52.00\t£234.00
Subtotal\t£478.50
VAT 20 %\t£95.70
Total amount due\t£574.20`;
    const points = textsOf(extract(bodyOf(text)).keyPoints).join('\n');
    const all = points + textsOf(extract(bodyOf(text)).summary).join('\n');
    expect(all).toContain('Total amount due £574.20');
    expect(all).toContain('Payment due by: 14 May 2026');
    expect(points).not.toContain('Drive belt');
  });

  test('a form gives its lines', () => {
    const text =
      'Application for membership\nName\tAda Lovelace\nStreet and number\tQuay Street 14\nTown of residence\tPort Ellery';
    expect(extract(bodyOf(text)).summary.length).toBeGreaterThan(0);
  });

  test('Japanese gives its sentences', () => {
    const text =
      '標準マーケットモデルは二次元で説明することができる。価格が動いたときにはボラティリティが高くなっているだろう。\n\n利点は計算が簡単なことであり、欠点は実確率との関係が不明瞭なことである。';
    expect(textsOf(extract(bodyOf(text)).summary)).toContain('標準マーケットモデルは二次元で説明することができる。');
  });

  test('nothing gives nothing', () => {
    expect(extract([])).toEqual({ summary: [], keyPoints: [] });
    expect(extract(bodyOf('12', '—', ' '))).toEqual({ summary: [], keyPoints: [] });
  });
});

describe('for any text', () => {
  const word = fc.constantFrom(
    'The',
    'harbour',
    'is',
    'open.',
    'Hr.',
    '12',
    '€ 5.00',
    '\t',
    '\n',
    '\n\n',
    '• ',
    '価格。',
    'z. B.',
    '....... 4',
    '(a)',
    'ends!',
  );
  const anyBody = fc
    .array(fc.array(fc.oneof(word, fc.string()), { maxLength: 40 }), { maxLength: 5 })
    .map((pages) => bodyOf(...pages.map((words) => words.join(' '))));

  test('every quotation stands on its page, and there are at most eight and five', () => {
    // Lines are joined with a space, in Chinese and Japanese without.
    const bare = (text: string): string => text.replaceAll(/\s/g, '');
    fc.assert(
      fc.property(anyBody, (body) => {
        const { summary, keyPoints } = extract(body, 'The harbour');
        expect(summary.length).toBeLessThanOrEqual(8);
        expect(keyPoints.length).toBeLessThanOrEqual(5);
        for (const { text, page } of [...summary, ...keyPoints]) {
          expect(bare(body.find((each) => each.page === page)?.text ?? '')).toContain(bare(text));
          expect(text.trim()).not.toBe('');
        }
      }),
    );
  });
});
