// Owns the tests of finding fields in documents that do not fit into one call.
import { describe, expect, it } from 'vitest';
import type { ModelRequest } from '../../../src/domain/model.ts';
import type { Profile } from '../../../src/domain/profile.ts';
import { findFields } from '../../../src/pipeline/fields.ts';
import { parseProfile } from '../../../src/profiles/parseProfile.ts';
import { createFakeModel, type FakeModel } from '../../fixtures/fakeModel.ts';
import { profileFile } from '../../fixtures/profileFolder.ts';

const schema = {
  type: 'object',
  properties: {
    vendor: { type: ['string', 'null'] },
    total: { type: ['number', 'null'], 'x-rule': 'total' },
    names: { type: 'array', items: { type: 'string' } },
    lines: { type: 'array', items: { type: 'object', properties: { name: { type: 'string' } } } },
  },
};
const parsed = parseProfile('long', profileFile('Long', schema));

const FILLER = 'and so on and so forth. '.repeat(60);

function find(pageCount: number, model: FakeModel) {
  const body = Array.from({ length: pageCount }, (_, index) => ({
    page: index + 1,
    text: `Sum ${index + 1}. ${FILLER}`,
  }));
  const options = { model, maxOutputTokens: 200, signal: new AbortController().signal };
  return findFields({ body, profile: (parsed as { profile: Profile }).profile, given: null }, options);
}

const pagesIn = ({ user }: ModelRequest) => [...user.matchAll(/^\[page (\d+)\]$/gm)].map((match) => Number(match[1]));

/** Answers with what stands on the pages that it was given. */
function byPages(contextTokens: number, realContextTokens = contextTokens): FakeModel {
  return createFakeModel({
    contextTokens,
    realContextTokens,
    answer: (request) => {
      const pages = pagesIn(request);
      const [first = 0] = pages;
      const values = {
        vendor: first === 1 ? null : `Vendor ${first}`,
        total: pages.at(-1),
        names: ['Anna', `Page ${first}`],
        lines: [{ name: 'Coffee' }],
      };
      return { text: JSON.stringify(values) };
    },
  });
}

describe('a document too long for one call', () => {
  it('is asked about part by part: lists are joined, of two values the first counts, of two totals the last', async () => {
    const model = byPages(1_600);
    const { fields, notes } = await find(4, model);
    const firsts = model.answered.map((request) => pagesIn(request)[0] ?? 0);
    expect(firsts.length).toBeGreaterThan(1);
    expect(fields?.values).toEqual({
      vendor: `Vendor ${firsts[1]}`,
      total: 4,
      names: ['Anna', ...firsts.map((page) => `Page ${page}`)],
      lines: firsts.map(() => ({ name: 'Coffee' })),
    });
    expect(model.answered.flatMap(pagesIn)).toEqual([1, 2, 3, 4]);
    expect(model.answered[0]?.user).toContain('A part of a document');
    expect(notes).toEqual([]);
  });

  it('that would take too many calls is asked about at its beginning and its end, and that is told', async () => {
    const model = byPages(1_600);
    const { notes } = await find(40, model);
    expect(model.answered).toHaveLength(8);
    expect(model.answered.flatMap(pagesIn)).toEqual(expect.arrayContaining([1, 40]));
    const asked = new Set(model.answered.flatMap(pagesIn));
    const left = Array.from({ length: 40 }, (_, index) => index + 1).filter((page) => !asked.has(page));
    expect(notes).toEqual([
      { kind: 'fields_partial', reason: `parts of pages ${left[0]} to ${left.at(-1)} were not looked through` },
    ]);
  });

  it('that the server finds too long is cut smaller', async () => {
    const model = byPages(8_192, 1_600);
    const { fields } = await find(4, model);
    expect(model.refused.length).toBeGreaterThan(0);
    expect(new Set(model.answered.flatMap(pagesIn))).toEqual(new Set([1, 2, 3, 4]));
    expect(fields?.values.total).toBe(4);
  });

  it('with a part that gave no usable answer has the fields of the others, and that is told', async () => {
    const model = createFakeModel({
      contextTokens: 1_600,
      answer: (request) => (pagesIn(request)[0] === 1 ? { text: 'no' } : { text: '{"total":4}' }),
    });
    const { fields, notes } = await find(4, model);
    expect(fields?.values).toEqual({ total: 4 });
    expect(notes).toEqual([
      { kind: 'fields_partial', reason: expect.stringMatching(/^parts of pages? 1\b.*gave no usable answer$/) },
    ]);
  });

  it('whose frame alone fills the model is left to the rules', async () => {
    const { notes } = await find(4, byPages(500));
    expect(notes).toEqual([{ kind: 'fields_failed', reason: 'the document does not fit the model' }]);
  });
});
