// Owns the tests of finding fields: with a model that behaves, one that does not, and without.
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/domain/errors.ts';
import type { ModelAnswer } from '../../../src/domain/model.ts';
import type { Profile } from '../../../src/domain/profile.ts';
import { type FieldInput, type FieldOptions, findFields } from '../../../src/pipeline/fields.ts';
import { parseProfile } from '../../../src/profiles/parseProfile.ts';
import { createFakeModel, type FakeModel } from '../../fixtures/fakeModel.ts';
import { profileFile } from '../../fixtures/profileFolder.ts';

const SCHEMA = {
  type: 'object',
  additionalProperties: false,
  properties: {
    vendor: { type: ['string', 'null'], 'x-rule': 'first_line' },
    total: { type: ['number', 'null'], 'x-rule': 'total' },
    names: { type: 'array', items: { type: 'string' } },
    mood: { type: ['string', 'null'], 'x-derived': true },
  },
};
const TEXT = 'Tea House\nTotal 4.00 for Anna';

function profile(schema: object | null = SCHEMA): Profile {
  const parsed = parseProfile('tea', profileFile('Tea', schema, 'Mind the tea.'));
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.profile;
}

function find(model: FakeModel | null, input: Partial<FieldInput> = {}, options: Partial<FieldOptions> = {}) {
  const signal = new AbortController().signal;
  const body = [{ page: 1, text: TEXT }];
  return findFields(
    { body, profile: profile(), given: null, ...input },
    { model, maxOutputTokens: 500, signal, ...options },
  );
}

const saying = (...answers: (string | Partial<ModelAnswer> | Error)[]) =>
  createFakeModel({
    answer: (_, index) => {
      const answer = answers[index] ?? new Error(`asked ${index + 1} times`);
      return typeof answer === 'string' ? { text: answer } : answer;
    },
  });

describe('a model that behaves', () => {
  it('is asked once, and what it made up is marked', async () => {
    const model = saying('{"vendor":"Tea House","total":5,"names":["Anna"],"mood":"calm"}');
    await expect(find(model)).resolves.toEqual({
      fields: {
        profile: 'tea',
        values: { vendor: 'Tea House', total: 5, names: ['Anna'], mood: 'calm' },
        unverified: ['/total'],
        by: 'model',
      },
      notes: [],
      usage: { inputTokens: expect.any(Number), outputTokens: 10 },
      calls: 1,
    });
  });

  it('is asked with the operator’s words, the schema without Lector’s own, and the text behind a fence', async () => {
    const model = saying('{}');
    await find(model);
    const [request] = model.answered;
    expect(request?.system).toContain('Mind the tea.');
    expect(request?.system).not.toContain('x-rule');
    expect(request?.schema).toMatchObject({ name: 'tea', schema: { required: ['vendor', 'total', 'names', 'mood'] } });
    expect(request?.user).toMatch(/<<<\w{16}\n\[page 1\]\nTea House\nTotal 4\.00 for Anna\n\n\w{16}>>>/);
  });

  it.each([
    ['in a code fence', 'Here it is:\n```json\n{"total": 4}\n```'],
    ['after its thoughts', '<think>maybe {"total": 3}</think>{"total": 4}'],
    ['with null for what is not there', '{"vendor":null,"total":4,"names":[],"mood":""}'],
  ])('may answer %s', async (_, text) => {
    expect((await find(saying(text))).fields?.values).toEqual({ total: 4 });
  });

  it('that finds nothing gives no fields, and nothing is wrong', async () => {
    await expect(find(saying('{"vendor":null,"total":null,"names":[]}'))).resolves.toMatchObject({
      fields: null,
      notes: [],
    });
  });

  it('has its values looked up on the whole page, where the body lacks the running header', async () => {
    const pages = [{ page: 1, text: `Invoice of Green Ltd\n${TEXT}` }];
    expect((await find(saying('{"vendor":"Green Ltd"}'), { pages })).fields?.unverified).toEqual([]);
  });
});

describe('an answer that does not keep the schema', () => {
  it('is asked for once more, with its mistakes', async () => {
    const model = saying('{"total":"four"}', '{"total":4}');
    await expect(find(model)).resolves.toMatchObject({ fields: { values: { total: 4 } }, notes: [], calls: 2 });
    expect(model.answered[1]?.user).toContain('{"total":"four"}');
    expect(model.answered[1]?.user).toContain('/total must be number');
  });

  it('twice gives no fields, and that is told', async () => {
    await expect(find(saying('{"total":"four"}', 'It is four.'))).resolves.toMatchObject({
      fields: null,
      notes: [{ kind: 'fields_failed', reason: "the model's answers did not fit the profile" }],
      calls: 2,
    });
  });

  it('because it was cut off is asked for shorter; cut again, what is whole of it counts, and that is told', async () => {
    const cut = { text: '{"total":4,"names":["Anna","Bo', finish: 'length' as const };
    const model = saying(cut, cut);
    await expect(find(model)).resolves.toMatchObject({
      fields: { values: { total: 4 } },
      notes: [{ kind: 'fields_partial', reason: 'the model was cut off at its length limit' }],
    });
    expect(model.answered[1]?.user).toContain('cut off');
    await expect(find(saying(cut, '{"total":4,"names":["Anna"]}'))).resolves.toMatchObject({ notes: [] });
  });
});

describe('what a model that saw the picture gave', () => {
  it('counts without another call when it keeps the schema', async () => {
    const given = { total: 4, mood: null };
    await expect(find(saying(), { given })).resolves.toMatchObject({
      fields: { values: { total: 4 }, by: 'model' },
      calls: 0,
    });
  });

  it('is mended from the text when it does not', async () => {
    const model = saying('{"total":4}');
    await expect(find(model, { given: { total: '4 €' } })).resolves.toMatchObject({
      fields: { values: { total: 4 } },
      calls: 1,
    });
    expect(model.answered[0]?.user).toContain('{"total":"4 €"}');
  });

  it('cannot be mended where there is no text, and that is told', async () => {
    const input = { given: { total: '4 €' }, body: [{ page: 1, text: ' ' }] };
    await expect(find(saying(), input)).resolves.toMatchObject({
      fields: null,
      notes: [{ kind: 'fields_failed' }],
      calls: 0,
    });
  });
});

describe('without a model', () => {
  it('the rules of the profile find what they can', async () => {
    await expect(find(null)).resolves.toEqual({
      fields: { profile: 'tea', values: { vendor: 'Tea House', total: 4 }, unverified: [], by: 'rules' },
      notes: [],
      usage: { inputTokens: 0, outputTokens: 0 },
      calls: 0,
    });
  });

  it('of a long text the middle is not looked through, and that is told', async () => {
    const { notes } = await find(null, { body: [{ page: 1, text: `${TEXT}\n${'and so on\n'.repeat(5_000)}` }] });
    expect(notes).toEqual([{ kind: 'fields_partial', reason: 'the middle of the document was not looked through' }]);
  });

  it('a profile that asks for nothing gives nothing, and no model is asked', async () => {
    await expect(find(saying(), { profile: profile(null) })).resolves.toMatchObject({
      fields: null,
      notes: [],
      calls: 0,
    });
  });
});

describe('a model that fails', () => {
  const away = new AppError('model_unavailable', 'down');

  it('is stood in for by the rules, and that is told', async () => {
    await expect(find(saying(away))).resolves.toMatchObject({
      fields: { values: { vendor: 'Tea House', total: 4 }, by: 'rules' },
      notes: [{ kind: 'fields_partial', reason: 'the model is away; simple rules found these' }],
    });
  });

  it('and rules that find nothing leave no fields, and that is told', async () => {
    const failed = new AppError('model_failed', 'no');
    const input = { body: [{ page: 1, text: '7' }] };
    await expect(find(saying(failed, failed), input)).resolves.toMatchObject({
      fields: null,
      notes: [{ kind: 'fields_failed', reason: 'the model failed' }],
      calls: 2,
    });
  });

  it('is waited for where the caller wants that', async () => {
    await expect(find(saying(away), {}, { fallsBack: ({ code }) => code === 'model_failed' })).rejects.toBe(away);
  });

  it('does not hide that the job was given up', async () => {
    const given = new AbortController();
    const model = createFakeModel({
      answer: () => {
        given.abort(new Error('given up'));
        return away;
      },
    });
    await expect(find(model, {}, { signal: given.signal })).rejects.toThrow('given up');
  });
});
