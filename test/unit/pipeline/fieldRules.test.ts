// Owns the tests of fields that are found without a model.
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Profile } from '../../../src/domain/profile.ts';
import { fieldsByRules } from '../../../src/pipeline/fieldRules.ts';
import { createProfiles } from '../../../src/profiles/createProfiles.ts';
import { parseProfile } from '../../../src/profiles/parseProfile.ts';
import { anyCharacters } from '../../fixtures/anyCharacters.ts';
import { profileFile } from '../../fixtures/profileFolder.ts';
import { createRecordingLog } from '../../fixtures/recordingLog.ts';

const folder = join(import.meta.dirname, '../../../config/profiles');
const profiles = createProfiles({ folder, log: createRecordingLog().log, watch: false });

const found = (profile: string, ...lines: string[]) =>
  fieldsByRules(profiles.get(profile) as Profile, lines.join('\n'));

/** What one rule finds in a text. */
function byRule(rule: string, text: string, words: string[] = []): unknown {
  const schema = { type: 'object', properties: { it: { 'x-rule': rule, 'x-words': words } } };
  const parsed = parseProfile('one', profileFile('One', schema));
  if (!parsed.ok) throw new Error(parsed.reason);
  return fieldsByRules(parsed.profile, text)?.it;
}

describe('a receipt', () => {
  it('of a café gives its lines, tax and total', () => {
    const fields = found(
      'receipt',
      'Café Müller',
      'Hauptstr. 12, 10115 Berlin',
      '12.03.2025 14:32 Tisch 4',
      '2 x Cappuccino        6,40 A',
      '1 Käsekuchen          3,20 A',
      'Wasser 0,5l ........  2,50 B',
      'Zwischensumme        12,10',
      'Summe EUR            12,10',
      'inkl. 19% MwSt        1,53',
      'Bar                  20,00',
      'Rückgeld              7,90',
      'USt-IdNr: DE123456789',
    );
    expect(fields).toEqual({
      vendor: 'Café Müller',
      date: '2025-03-12',
      currency: 'EUR',
      lines: [
        { quantity: 2, name: 'Cappuccino', price: 6.4 },
        { quantity: 1, name: 'Käsekuchen', price: 3.2 },
        { name: 'Wasser 0,5l', price: 2.5 },
      ],
      tax: 1.53,
      total: 12.1,
    });
  });

  it('whose total stands in the next line, beside what was paid', () => {
    const fields = found(
      'receipt',
      'CORNER STORE',
      '03/04/2025 2:45 PM',
      'BANANAS            $0.99',
      'ORG MILK 1GAL      $5.49',
      'TOTAL TAX          $0.41',
      'SUBTOTAL $6.48',
      'TOTAL',
      '$6.89',
      'VISA ****1234 $10.00',
      'ITEMS SOLD: 2',
    );
    expect(fields).toMatchObject({ date: '2025-03-04', currency: 'USD', tax: 0.41, total: 6.89 });
  });
});

it('an invoice with columns gives the quantities that its prices confirm', () => {
  const fields = found(
    'invoice',
    'Harbour Cycles',
    'Item                      Quantity    Price    Amount',
    'Drive belt, reinforced           1   £96.50    £96.50',
    'Labour, hours                  4.5   £52.00   £234.00',
    'Brake set, type 12               2   £20.00    £40.00',
    'Model 7                              £20.00    £20.50',
    'Subtotal                                      £391.00',
  );
  expect(fields?.lines).toEqual([
    { quantity: 1, name: 'Drive belt, reinforced', price: 96.5 },
    { quantity: 4.5, name: 'Labour, hours', price: 234 },
    { quantity: 2, name: 'Brake set, type 12', price: 40 },
    { name: 'Model 7', price: 20.5 },
  ]);
});

describe('a total', () => {
  it.each([
    ['Gesamtbetrag inkl. MwSt 119,00 €', 119],
    ['Net à payer : 1 234,50 €', 1234.5],
    ['Total HT 100,00\nTotal TTC 120,00', 120],
    ['Total 50.00\nAmount due: 45.00\nTotal items sold 9.00', 45],
    ['Betrag: 12,00 EUR', 12],
    ['TOTAL CHF 1’234.50', 1234.5],
    ['Total 1,234.00', 1234],
    ['Totaal 20.000,00', 20000],
  ])('in “%s”', (text, total) => {
    expect(byRule('total', text)).toBe(total);
  });

  it.each(['Subtotal 12.00', 'Total tax 1.90', 'the totality of 12 people', 'Total 19 %'])(
    'is none in “%s”',
    (text) => {
      expect(byRule('total', text)).toBeUndefined();
    },
  );
});

describe('a tax', () => {
  it('is the only one, or the sum of several', () => {
    expect(byRule('tax', 'MwSt 7% 0,70\nMwSt 19% 1,90\nMwSt gesamt 2,60')).toBe(2.6);
    expect(byRule('tax', 'VAT (20%) £4.00')).toBe(4);
  });

  it('is left out where two rates stand without their sum, or a number of the tax office', () => {
    expect(byRule('tax', 'MwSt 7% 0,70\nMwSt 19% 1,90')).toBeUndefined();
    expect(byRule('tax', 'VAT ID 12.34')).toBeUndefined();
  });
});

describe('trading', () => {
  it('gives options with what stands beside them, marked tickers, and amounts by their words', () => {
    const fields = found(
      'trading',
      'Long AAPL 190C 12/10 @ 3.20 and TSLA $250 puts exp Jan 17',
      'Bought 5x SPY 12/19/25 600C for 4.55',
      'QQQ251219P00480500',
      '$NVDA looks bullish 🚀 I DO NOT SELL',
      'Account value $12,345.67',
      "Today's P/L: -$230.10",
      'Buying power',
      '$4,000.00',
    );
    expect(fields).toEqual({
      tickers: ['NVDA', 'AAPL', 'TSLA', 'SPY', 'QQQ'],
      options: [
        { ticker: 'AAPL', strike: 190, type: 'C', expiry: '12-10', premium: 3.2 },
        { ticker: 'TSLA', strike: 250, type: 'P', expiry: '01-17' },
        { ticker: 'SPY', strike: 600, type: 'C', expiry: '2025-12-19', premium: 4.55, quantity: 5 },
        { ticker: 'QQQ', strike: 480.5, type: 'P', expiry: '2025-12-19' },
      ],
      account_value: 12345.67,
      buying_power: 4000,
      profit: -230.1,
      sentiment: 'bullish',
    });
  });

  it.each([
    ['bulls and bears', 'neutral'],
    ['selling it all, crash ahead', 'bearish'],
    ['a nice day', undefined],
  ])('the mood of “%s” is %s', (text, mood) => {
    expect(byRule('sentiment', text)).toBe(mood);
  });

  it('takes no word in capitals for a symbol', () => {
    expect(found('trading', 'PLEASE READ THE NEWS TODAY', 'OPEN 100 C')).toBeNull();
  });
});

it('an event gives the day, the time and what stands behind its words', () => {
  const fields = found(
    'event',
    'SUMMER JAZZ NIGHT',
    'Fri 12 Dec, doors 7pm, 19:30 start',
    'Venue: Blue Note',
    'Tickets: bluenote.example',
    '€15 / €12',
  );
  expect(fields).toEqual({
    title: 'SUMMER JAZZ NIGHT',
    start_date: '12-12',
    start_time: '19:00',
    venue: 'Blue Note',
    tickets: 'bluenote.example',
    price: 15,
    currency: 'EUR',
  });
});

it('minutes give who was there, what was decided and who does what by when', () => {
  const fields = found(
    'minutes',
    'Minutes of the board, 12 March 2025',
    'Attendees: Anna Berg, Bo Lind and Chris',
    'Decision: The budget of 4,000 is approved.',
    'Decision: The shed is painted green.',
    'Action: Anna to send the plan by 1 May 2025',
    '- [ ] call the bank (Bo)',
    'Tasks',
    '',
    '• Obtain two offers: the board, by 30 April 2026',
    '• Paint it all',
    'The end.',
    '• no task',
  );
  expect(fields).toEqual({
    date: '2025-03-12',
    attendees: ['Anna Berg', 'Bo Lind', 'Chris'],
    decisions: ['The budget of 4,000 is approved.', 'The shed is painted green.'],
    action_items: [
      { task: 'send the plan by 1 May 2025', owner: 'Anna', due: '2025-05-01' },
      { task: 'call the bank (Bo)', owner: 'Bo' },
      { task: 'Obtain two offers', owner: 'the board', due: '2026-04-30' },
      { task: 'Paint it all' },
    ],
  });
});

it('an invoice gives its number, its days and where to pay', () => {
  const fields = found(
    'invoice',
    'Holz & Söhne GmbH',
    'Rechnung Nr. RE-2025/017',
    'Rechnungsdatum: 02.05.2025',
    'Zahlbar bis 16.05.2025',
    'Kunde: Anna Berg',
    'Nettobetrag 100,00 €',
    'MwSt. 19 % 19,00 €',
    'Rechnungsbetrag 119,00 €',
    'IBAN: DE89 3704 0044 0532 0130 00',
    'not one: DE00 3704 0044 0532 0130 00',
  );
  expect(fields).toEqual({
    vendor: 'Holz & Söhne GmbH',
    invoice_number: 'RE-2025/017',
    date: '2025-05-02',
    due: '2025-05-16',
    customer: 'Anna Berg',
    net: 100,
    tax: 19,
    total: 119,
    currency: 'EUR',
    iban: 'DE89 3704 0044 0532 0130 00',
  });
});

describe('rules', () => {
  it('take no day that may be two, when no money tells the country', () => {
    expect(byRule('date', 'on 03/04/2025')).toBeUndefined();
    expect(byRule('date', 'on 03/04/2025 for £5.00')).toBe('2025-04-03');
    expect(byRule('date', 'on 03/04/2025 for $5.00')).toBe('2025-03-04');
  });

  it('leave out what keeps not to the schema', () => {
    const properties = { mail: { type: 'string', pattern: '@b\\.c$', 'x-rule': 'email' } };
    const parsed = parseProfile('one', profileFile('One', { type: 'object', properties }));
    expect(parsed.ok && fieldsByRules(parsed.profile, 'a@b.c')).toEqual({ mail: 'a@b.c' });
    expect(parsed.ok && fieldsByRules(parsed.profile, 'a@b.org')).toBeNull();
  });

  it('find nothing where there is nothing, and in a profile without fields', () => {
    expect(found('receipt', '')).toBeNull();
    expect(found('default', 'Total 12.00')).toBeNull();
  });

  it.each(['invoice ', 'Invoice no. ', '1,', '111 ', 'A ', '.', 'DE12 ', 'a@a.', 'Total ', '$', 'Action: A '])(
    'come to an end on a text made of “%s”',
    (pattern) => {
      const text = `Invoice${' '.repeat(5_000)}${pattern.repeat(5_000)} x 1.00`;
      for (const profile of profiles.all()) expect(profile.check(fieldsByRules(profile, text) ?? {})).toEqual([]);
    },
  );

  it('never throw, on any text, and what they find keeps the schema', () => {
    const words = fc.constantFrom(
      'Total',
      'AAPL',
      '190C',
      '12/20',
      '€',
      '1.234,50',
      'Action:',
      'Date:',
      '\n',
      ' ',
      '@',
      'Dec',
    );
    const text = fc.array(fc.oneof(words, anyCharacters(8)), { maxLength: 60 }).map((parts) => parts.join(' '));
    fc.assert(
      fc.property(text, fc.constantFrom(...profiles.all()), (any, profile) => {
        expect(profile.check(fieldsByRules(profile, any) ?? {})).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
