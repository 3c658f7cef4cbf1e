// Owns the tests of how an answer's schema is asked for, and of what is done when a server cannot keep it.
import { describe, expect, it } from 'vitest';
import { type AnswerForm, createAnswerForms, isStrict, refusesForm } from '../../../src/llm/answerForm.ts';

const STRICT = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false };
const LOOSE = { type: 'object', properties: { a: { type: 'string' } } };

class Refusal extends Error {}
const wordsOf = (thrown: unknown) =>
  thrown instanceof Refusal ? { status: 400, message: 'This response_format type is unavailable now' } : null;

/** A server that takes only some forms, and the forms that it was asked in. */
function createServer(takes: (AnswerForm | null)[]) {
  const asked: (AnswerForm | null)[] = [];
  const call = async (form: AnswerForm | null) => {
    asked.push(form);
    if (!takes.includes(form)) throw new Refusal();
    return form;
  };
  return { asked, call };
}

describe('the form of an answer', () => {
  it('is none without a schema', async () => {
    const { asked, call } = createServer([null]);
    await createAnswerForms(true).ask(undefined, wordsOf, call);
    expect(asked).toEqual([null]);
  });

  it('is strict where the schema keeps the rules for it, else the schema as a wish', async () => {
    const { asked, call } = createServer(['strict', 'schema']);
    const forms = createAnswerForms(true);
    await forms.ask({ name: 'strict', schema: STRICT }, wordsOf, call);
    await forms.ask({ name: 'loose', schema: LOOSE }, wordsOf, call);
    expect(asked).toEqual(['strict', 'schema']);
  });

  it('is weaker after each refusal, and what was taken is remembered', async () => {
    const { asked, call } = createServer(['json']);
    const forms = createAnswerForms(true);
    await expect(forms.ask({ name: 'a', schema: STRICT }, wordsOf, call)).resolves.toBe('json');
    await forms.ask({ name: 'a', schema: STRICT }, wordsOf, call);
    expect(asked).toEqual(['strict', 'schema', 'json', 'json']);
  });

  it('is tried anew for another schema', async () => {
    const forms = createAnswerForms(true);
    await forms.ask({ name: 'a', schema: STRICT }, wordsOf, createServer(['plain']).call);
    const { asked, call } = createServer(['strict']);
    await forms.ask({ name: 'b', schema: STRICT }, wordsOf, call);
    expect(asked).toEqual(['strict']);
  });

  it('ends with the last refusal', async () => {
    const { asked, call } = createServer([]);
    await expect(createAnswerForms(true).ask({ name: 'a', schema: LOOSE }, wordsOf, call)).rejects.toThrow(Refusal);
    expect(asked).toEqual(['schema', 'json', 'plain']);
  });

  it('has nothing to do with failures of another kind', async () => {
    const bug = new Error('connection lost');
    const asked = createAnswerForms(true).ask({ name: 'a', schema: LOOSE }, wordsOf, () => Promise.reject(bug));
    await expect(asked).rejects.toBe(bug);
  });
});

describe('refusesForm', () => {
  it.each([
    [400, 'This response_format type is unavailable now'],
    [422, 'response_format: response_format.type `json_schema` is unavailable now at line 1 column 1193'],
    [400, "'response_format.type' must be 'json_schema' or 'text'"],
    [400, "Invalid schema for response_format 'x': In context=(), 'additionalProperties' is required to be supplied"],
    [400, 'invalid schema for response format: response_format/json_schema/next_step: minItems is not supported'],
    [400, 'Automatic parser generation failed: JSON schema error at #: unrecognized type nonsense'],
    [400, 'json: cannot unmarshal object into Go struct field ChatRequest.format of type string'],
    [500, 'failed to load model vocabulary required for format'],
    [400, 'failed to parse grammar'],
  ])('understands %i: %s', (status, message) => {
    expect(refusesForm({ status, message })).toBe(true);
  });

  it.each([
    [401, 'This key may not use response_format'],
    [400, 'Failed to load image or audio file'],
    [500, 'Unsupported content part type: "image_url"; messages = [{"text":"Answer by this JSON Schema"'],
  ])('leaves alone %i: %s', (status, message) => {
    expect(refusesForm({ status, message })).toBe(false);
  });
});

describe('isStrict', () => {
  it('wants every object closed and all its properties required, at any depth', () => {
    const nested = (inner: object) => ({ ...STRICT, properties: { a: { type: 'array', items: inner } } });
    expect([STRICT, LOOSE, nested(STRICT), nested(LOOSE)].map(isStrict)).toEqual([true, false, true, false]);
    expect(isStrict({ ...STRICT, required: [] })).toBe(false);
  });
});
