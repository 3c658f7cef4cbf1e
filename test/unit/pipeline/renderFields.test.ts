// Owns the tests of how members and programs get to see fields.
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fields, Profile } from '../../../src/domain/profile.ts';
import { fieldRows, fieldsJson, renderFieldsTable } from '../../../src/pipeline/renderFields.ts';
import { createProfiles } from '../../../src/profiles/createProfiles.ts';
import { anyCharacters } from '../../fixtures/anyCharacters.ts';
import { createRecordingLog } from '../../fixtures/recordingLog.ts';

const folder = join(import.meta.dirname, '../../../config/profiles');
const profiles = createProfiles({ folder, log: createRecordingLog().log, watch: false });

function rows(profile: string, values: Fields['values'], unverified: string[] = []) {
  const found = profiles.get(profile) as Profile;
  return fieldRows({ profile, values, unverified, by: 'model' }, found);
}

const lines = (profile: string, values: Fields['values']) =>
  rows(profile, values).map(({ label, value }) => `${label}: ${value}`);

describe('the rows of', () => {
  it('a receipt: a line each, amounts with their cents, in the order of the profile', () => {
    const values = {
      total: 9.6,
      vendor: 'Café Müller',
      lines: [
        { quantity: 2, name: 'Coffee', price: 6.4 },
        { name: 'Cake', price: 3.2 },
        { quantity: null, name: 'Tap water', price: null },
      ],
    };
    expect(lines('receipt', values)).toEqual([
      'Vendor: Café Müller',
      'Line 1: 2 × Coffee — 6.40',
      'Line 2: Cake — 3.20',
      'Line 3: Tap water',
      'Total: 9.60',
    ]);
  });

  it('options: each with its parts by name', () => {
    const option = { ticker: 'AAPL', strike: 190, type: 'C', expiry: '12-20', premium: 3.2, quantity: null };
    expect(lines('trading', { tickers: ['AAPL', 'TSLA'], options: [option], account_value: 12_345.678 })).toEqual([
      'Tickers: AAPL, TSLA',
      'Option: AAPL · Strike: 190 · Type: C · Expiry: 12-20 · Premium: 3.20',
      'Account value: 12345.678',
    ]);
  });

  it('minutes: names in one row, sentences in one each', () => {
    const decisions = ['The budget of 4,000 is agreed on for the whole year.', 'The shed is painted green.'];
    expect(lines('minutes', { attendees: ['Anna', 'Bo'], decisions })).toEqual([
      'Attendees: Anna, Bo',
      `Decisions 1: ${decisions[0]}`,
      `Decisions 2: ${decisions[1]}`,
    ]);
  });

  it('an event: the address in one row', () => {
    expect(lines('event', { address: { street: 'Main St 5', postcode: '12345', city: null } })).toEqual([
      'Address: Main St 5 · Postcode: 12345',
    ]);
  });

  it('fields without a profile: by their names', () => {
    const fields: Fields = { profile: 'gone', values: { gift_card: true }, unverified: [], by: 'rules' };
    expect(fieldRows(fields, null)).toEqual([{ label: 'Gift card', value: 'yes', verified: true }]);
  });

  it('fields that were not found in the text: the row that holds one is in doubt', () => {
    const values = {
      vendor: 'A',
      lines: [
        { name: 'B', price: 1 },
        { name: 'C', price: 2 },
      ],
      total: 3,
    };
    const doubts = rows('receipt', values, ['/lines/1/price', '/total']).filter((row) => !row.verified);
    expect(doubts.map(({ label }) => label)).toEqual(['Line 2', 'Total']);
  });
});

describe('the table', () => {
  it('marks what is in doubt and says once what that means', () => {
    const rendered = renderFieldsTable([
      { label: 'Vendor', value: 'A & B', verified: true },
      { label: 'Total', value: '3.00', verified: false },
    ]);
    expect(rendered.body).toBe(
      'Vendor: A & B\nTotal: 3.00 (?)\n(?) was not found word for word in the text that was read: check it.',
    );
    expect(rendered.html).toBe(
      '<table><thead><tr><th>Field</th><th>Value</th></tr></thead><tbody><tr><th>Vendor</th><td>A &#38; B</td></tr>' +
        '<tr><th>Total</th><td>3.00 (?)</td></tr></tbody></table>' +
        '<p><em>(?) was not found word for word in the text that was read: check it.</em></p>',
    );
  });

  it('shows 40 rows and counts the rest', () => {
    const many = Array.from({ length: 52 }, (_, i) => ({ label: `Line ${i}`, value: 'x', verified: true }));
    const { body, html } = renderFieldsTable(many);
    expect(body.split('\n').slice(-2)).toEqual(['Line 39: x', '12 more rows are in the file.']);
    expect(html).toContain('12 more rows are in the file.');
  });

  it('is nothing where there are no rows', () => {
    expect(renderFieldsTable([])).toEqual({ body: '', html: '' });
  });

  it('stays small and holds no markup of others, whatever the values are', () => {
    const value = fc.oneof(
      anyCharacters(600),
      fc.constant('<img src=x onerror=alert(1)>'),
      fc.constant('漢'.repeat(400)),
    );
    fc.assert(
      fc.property(fc.array(value, { maxLength: 60 }), (decisions) => {
        const { body, html } = renderFieldsTable(rows('minutes', { decisions }));
        expect(Buffer.byteLength(JSON.stringify(body)) + Buffer.byteLength(JSON.stringify(html))).toBeLessThan(12_001);
        expect(html.replace(/<\/?(?:table|thead|tbody|tr|th|td|p|em|br)>/g, '')).not.toMatch(/[<>]/);
      }),
      { numRuns: 30 },
    );
  });
});

it('the file holds all values, and where those in doubt are', () => {
  const fields: Fields = { profile: 'receipt', values: { total: 3 }, unverified: ['/total'], by: 'rules' };
  expect(JSON.parse(fieldsJson(fields))).toEqual(fields);
});
