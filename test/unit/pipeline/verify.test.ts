// Owns the tests of looking up values in the text that was read.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isoOf } from '../../../src/pipeline/fieldDates.ts';
import { findUnverified } from '../../../src/pipeline/verify.ts';
import { anyCharacters } from '../../fixtures/anyCharacters.ts';

async function isFound(value: unknown, text: string, rule?: string): Promise<boolean> {
  const schema = { properties: { value: rule ? { 'x-rule': rule } : {} } };
  return (await findUnverified({ value }, schema, text)).length === 0;
}

describe('a number is found', () => {
  it.each([
    [1234.5, 'Total 1,234.50 USD'],
    [1234.5, 'Summe 1.234,50 €'],
    [1234.5, 'Betrag: 1 234,50'],
    [1234.5, "CHF 1'234.50"],
    [1234.5, 'Montant 1\u202f234,50€'],
    [1234.5, '1234.5'],
    [1234, 'Kosten: 1.234 Euro'],
    [123456, '₹1,23,456'],
    [-50, 'P/L: (50.00)'],
    [1_200_000, 'about 1.2M in cash'],
    [0.19, '19 % MwSt'],
    [0.5, 'a premium of .50'],
    [6.4, 'Coffee 6.4O'],
    [10.5, 'Cake l0.5O'],
    [12500300, 'in all 12 500 300 pieces'],
    [2025, 'on 12.03.2025'],
    [190, 'AAPL190C'],
  ])('%s in “%s”', async (value, text) => {
    expect(await isFound(value, text)).toBe(true);
  });

  it('in whatever spelling it is written', async () => {
    const locales = fc.constantFrom('en', 'de', 'fr', 'de-CH', 'en-IN', 'pl', 'es', 'sv', 'pt-BR', 'ja');
    const signs = fc.constantFrom('', '€', '$', ' zł', ' EUR', '.-', ';', '\n');
    const cents = fc.integer({ min: 0, max: 100_000_000_00 });
    await fc.assert(
      fc.asyncProperty(
        cents,
        locales,
        fc.boolean(),
        signs,
        anyCharacters(20),
        async (amount, locale, isWhole, sign, around) => {
          const value = isWhole ? Math.round(amount / 100) : amount / 100;
          const spelled = new Intl.NumberFormat(locale, { minimumFractionDigits: isWhole ? 0 : 2 }).format(value);
          expect(await isFound(value, `${around} : ${spelled}${sign} : ${around}`)).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each([
    [1234.5, 'Total 1,234.51'],
    [50, '1,234.50'],
    [234, '1.234,50'],
    [7, 'seven'],
    [12, '120 and 112'],
  ])('only where it stands: %s not in “%s”', async (value, text) => {
    expect(await isFound(value, text)).toBe(false);
  });
});

describe('a date is found', () => {
  it.each([
    '2025-03-12',
    '12.03.2025',
    '12. 3. 2025',
    '12.3.25',
    '03/12/2025',
    '12/03/2025',
    '12-03-2025',
    '2025/03/12',
    '20250312',
    '2025年3月12日',
    'March 12, 2025',
    'Mar 12th, 2025',
    '12 Mar',
    '12 March 2025',
    '12. März 2025',
    '12 mars 2025',
    '12 de marzo de 2025',
    '12 marca 2025',
    '12-Mar-2025',
    "Mar 12 '25",
    '12MAR25',
    'Wed 12.03.',
    '3/12',
    'the 12th of March',
  ])('as %s', async (spelled) => {
    expect(await isFound('2025-03-12', `It is on ${spelled} at noon`)).toBe(true);
  });

  it('in whatever language it is written', async () => {
    const days = fc.date({ min: new Date('1990-01-01'), max: new Date('2060-12-31'), noInvalidDate: true });
    const locales = fc.constantFrom('en', 'en-GB', 'de', 'fr', 'es', 'it', 'pt', 'nl', 'pl', 'sv', 'cs');
    const styles = fc.constantFrom<'long' | 'medium'>('long', 'medium');
    await fc.assert(
      fc.asyncProperty(days, locales, styles, async (date, locale, dateStyle) => {
        const spelled = new Intl.DateTimeFormat(locale, { dateStyle, timeZone: 'UTC' }).format(date);
        const [year = 0, month = 0, day = 0] = date.toISOString().slice(0, 10).split('-').map(Number);
        expect([spelled, await isFound(isoOf({ year, month, day }), `(${spelled})`)]).toEqual([spelled, true]);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['2025-03-12', '03.12.2025'],
    ['2025-03-12', '12.03.2024'],
    ['2025-03-12', 'March 2025, 12 people'],
    ['2025-05-05', 'you may 5 times'],
    ['2025-10-10', 'it got 10 out of 12'],
  ])('only where it stands: %s not in “%s”', async (value, text) => {
    expect(await isFound(value, text)).toBe(false);
  });

  it('without a year wherever the day stands', async () => {
    expect(await isFound('12-20', 'AAPL 190C 12/20')).toBe(true);
    expect(await isFound('12-20', 'AAPL 190C 12/19')).toBe(false);
  });

  it('and a time of day in its spellings', async () => {
    for (const text of ['at 19:30', '19.30 Uhr', '7:30 pm', '19h30']) expect(await isFound('19:30', text)).toBe(true);
    expect(await isFound('19:00', 'doors 7PM')).toBe(true);
    expect(await isFound('19:30', 'at 19:31')).toBe(false);
  });
});

describe('words are found', () => {
  it.each([
    ['Café Müller', 'CAFE\nMÜLLER'],
    ['Café Müller', 'Ca fé Mül ler'],
    ['Modern Bakery', 'Modem Bakery'],
    ['Bill Silver', 'B1ll Si1ver'],
    ['Bäckerei Schmidt', 'Backerei Schmldt GmbH'],
    ['Straße der Einheit', 'STRASSE DER EINHEIT'],
    ['Send the plan to Anna', 'to Anna: send the new plan'],
    ['株式会社', '東京株式会社御中'],
    ['INV-2024/001', 'Invoice INV 2024 / 001'],
    ['F', 'long F 12C'],
  ])('“%s” in “%s”', async (value, text) => {
    expect(await isFound(value, text)).toBe(true);
  });

  it.each([
    ['Anna', 'Ann and Joanna'],
    ['Café Müller', `Café ${'and so on '.repeat(20)} Müller`],
    ['F', 'of all'],
    ['AAPL', 'TSLA'],
    ['INV-2024/001', 'INV-2024/002'],
  ])('only where they stand: “%s” not in “%s”', async (value, text) => {
    expect(await isFound(value, text)).toBe(false);
  });

  it('a currency by its sign or code', async () => {
    expect(await isFound('EUR', 'Total 5,00 €', 'currency')).toBe(true);
    expect(await isFound('SEK', '50 kr', 'currency')).toBe(true);
    expect(await isFound('USD', 'Total 5,00 €', 'currency')).toBe(false);
  });

  it('a call by the letter behind its strike', async () => {
    expect(await isFound('C', 'AAPL 190C', 'call_put')).toBe(true);
    expect(await isFound('P', 'AAPL 190C', 'call_put')).toBe(false);
  });
});

describe('what is told', () => {
  const schema = {
    properties: {
      mood: { 'x-derived': true },
      lines: { items: { properties: { 'a/b~c': {} } } },
    },
  };

  it('is the place of each value in doubt', async () => {
    const values = { lines: [{ 'a/b~c': 'Tea' }, { 'a/b~c': 'Cake', n: 3 }], total: 8 };
    expect(await findUnverified(values, schema, 'Tea 9')).toEqual(['/lines/1/a~1b~0c', '/lines/1/n', '/total']);
  });

  it('is the same for a text of many pages, wherever in it a value stands', async () => {
    const filler = (chars: number) => 'and so on\n'.repeat(Math.ceil(chars / 10));
    for (const before of [7_380, 7_390, 7_990, 8_000, 30_000]) {
      expect(await isFound('Café Müller', `${filler(before)}Café Müller${filler(20_000)}`)).toBe(true);
    }
    expect(await isFound('Café Müller', filler(50_000))).toBe(false);
  });

  it('leaves out judgements, what is empty, yes and no', async () => {
    expect(await findUnverified({ mood: 'bullish', a: null, b: '', c: true, d: [] }, schema, '')).toEqual([]);
  });

  it('comes for any text and any values', async () => {
    await fc.assert(
      fc.asyncProperty(anyCharacters(200), fc.dictionary(fc.string(), fc.jsonValue()), async (text, values) => {
        for (const pointer of await findUnverified(values, {}, text)) expect(pointer.startsWith('/')).toBe(true);
      }),
    );
  });
});
