// Owns the tests of the OpenAI protocol against a server that shows every fault.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ContextOverflow, Model } from '../../src/domain/model.ts';
import { createOpenAiModel } from '../../src/llm/openai.ts';
import { createOpenAiDouble, type OpenAiDouble, type OpenAiReply, USUAL_ANSWER } from '../fixtures/openaiServer.ts';

let double: OpenAiDouble;
let model: Model;
let host: string;

beforeEach(async () => {
  double = await createOpenAiDouble();
  host = new URL(double.url).host;
  model = createOpenAiModel({ baseUrl: double.url, model: 'double-1', contextTokens: 8192, timeoutMs: 30_000 });
});
afterEach(() => double.close());

function ask(subject: Model = model, signal: AbortSignal = new AbortController().signal) {
  return subject.complete({ system: 'Be brief.', user: 'Sum this up.', maxOutputTokens: 300, signal });
}

function askScripted(reply: OpenAiReply) {
  double.script(() => reply);
  return ask();
}

describe('a completion', () => {
  it('sends the instructions, the task and the limit, and no key when there is none', async () => {
    await ask();
    expect(double.chats[0]?.body).toEqual({
      model: 'double-1',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Sum this up.' },
      ],
      max_tokens: 300,
      temperature: 0.2,
    });
    expect(double.chats[0]?.headers.authorization).toBeUndefined();
  });

  it('gives the text and the tokens that it cost', async () => {
    expect(await askScripted({ kind: 'answer', inputTokens: 21, outputTokens: 34 })).toEqual({
      text: USUAL_ANSWER,
      finish: 'stop',
      usage: { inputTokens: 21, outputTokens: 34 },
    });
  });

  it('tells when the model was cut off', async () => {
    expect(await askScripted({ kind: 'answer', finish: 'length' })).toMatchObject({ finish: 'length' });
  });

  it('sends the key to a server that wants one', async () => {
    const locked = await createOpenAiDouble({ apiKey: 'sk-1' });
    const options = { baseUrl: locked.url, model: 'double-1', contextTokens: 8192, timeoutMs: 30_000 };
    await expect(ask(createOpenAiModel({ ...options, apiKey: 'sk-1' }))).resolves.toMatchObject({ text: USUAL_ANSWER });
    await expect(ask(createOpenAiModel({ ...options, apiKey: 'sk-2' }))).rejects.toMatchObject({
      code: 'model_unavailable',
      message: expect.stringContaining('check LLM_API_KEY'),
    });
    await locked.close();
  });

  it('speaks as newer models want it after their refusal, and remembers', async () => {
    double.script(({ body }) => {
      if ('max_tokens' in body) return { kind: 'unsupported', parameter: 'max_tokens' };
      if ('temperature' in body) return { kind: 'unsupported', parameter: 'temperature' };
      return { kind: 'answer' };
    });
    await Promise.all([ask(), ask()]);
    const asked = double.chats.length;
    await ask();
    expect(double.chats).toHaveLength(asked + 1);
    expect(double.chats.at(-1)?.body).toMatchObject({ max_completion_tokens: 300 });
    expect(double.chats.at(-1)?.body).not.toHaveProperty('temperature');
  });
});

describe('a server in trouble', () => {
  const faults: [name: string, reply: OpenAiReply, code: string, message: string][] = [
    ['a 500', { kind: 'status', status: 500 }, 'model_unavailable', 'answered 500: scripted'],
    ['a page of HTML', { kind: 'html' }, 'model_unavailable', 'is LLM_BASE_URL right?'],
    ['a gateway error in HTML', { kind: 'html', status: 502 }, 'model_unavailable', 'answered 502'],
    ['cut JSON', { kind: 'cut_json' }, 'model_unavailable', 'an answer that breaks off or is no JSON'],
    ['an empty body', { kind: 'empty_body' }, 'model_unavailable', 'sent an empty answer'],
    ['a closed connection', { kind: 'disconnect' }, 'model_unavailable', 'other side closed'],
    ['an empty answer', { kind: 'answer', text: ' ' }, 'model_failed', 'gave an empty answer'],
    ['an answer of 10 MB', { kind: 'huge' }, 'model_failed', 'the answer is larger than 4194304 bytes'],
    ['a bad request', { kind: 'status', status: 400 }, 'model_failed', 'answered 400: scripted'],
    ['an unknown model', { kind: 'status', status: 404 }, 'model_unavailable', 'check LLM_MODEL'],
    ['a rate limit', { kind: 'rate_limited' }, 'model_rate_limited', 'Rate limit reached'],
    ['an empty account', { kind: 'rate_limited', code: 'insufficient_quota' }, 'model_unavailable', 'answered 429'],
  ];

  it.each(faults)('%s', async (_name, reply, code, message) => {
    await expect(askScripted(reply)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
    expect(double.chats).toHaveLength(1);
  });

  it.each([
    [{ 'retry-after': '20' }, 20_000],
    [{ 'retry-after-ms': '250' }, 250],
  ])('passes on how long to wait: %j', async (headers, retryAfterMs) => {
    await expect(askScripted({ kind: 'rate_limited', headers })).rejects.toMatchObject({ retryAfterMs });
  });

  it.each(['llama.cpp', 'openai', 'vllm'] as const)('understands a prompt too long for %s', async (as) => {
    const error = await askScripted({ kind: 'context_exceeded', as, promptTokens: 9_000, contextTokens: 2_048 }).catch(
      (thrown) => thrown,
    );
    expect(error.code).toBe('model_context_exceeded');
    const { promptTokens, contextTokens } = error.cause as ContextOverflow;
    expect({ promptTokens, contextTokens }).toEqual({ promptTokens: 9_000, contextTokens: 2_048 });
  });

  it('does not read on after too many bytes', async () => {
    await askScripted({ kind: 'huge', bytes: 1024 ** 3 }).catch(() => {});
    await double.chats[0]?.abandoned;
  });

  it('names a server that is not there', async () => {
    await double.close();
    await expect(ask()).rejects.toMatchObject({
      code: 'model_unavailable',
      message: expect.stringContaining(`the connection to ${host} failed`),
    });
  });

  it('never shows the key that a server repeats', async () => {
    const apiKey = 'sk-very-secret';
    const keyed = createOpenAiModel({ baseUrl: double.url, apiKey, model: 'm', contextTokens: 1, timeoutMs: 30_000 });
    double.script(() => ({ kind: 'status', status: 401, body: { error: { message: `bad key ${apiKey}` } } }));
    const error = await ask(keyed).catch((thrown) => thrown);
    expect(error.message).toContain('bad key [key]');
  });

  it('ends a call at the time-out', async () => {
    const hasty = createOpenAiModel({ baseUrl: double.url, model: 'm', contextTokens: 1, timeoutMs: 50 });
    double.script(() => ({ kind: 'hang', midway: true }));
    await expect(ask(hasty)).rejects.toMatchObject({
      code: 'model_unavailable',
      message: `${host} gave no answer within 0.05 s`,
    });
  });
});

describe('cancelling', () => {
  it.each([false, true])("rejects with the caller's reason and hangs up (midway: %s)", async (midway) => {
    const caller = new AbortController();
    double.script(() => ({ kind: 'hang', midway }));
    const answer = ask(model, caller.signal);
    const request = await double.received(1);
    caller.abort(new Error('shutting down'));
    await expect(answer).rejects.toThrow('shutting down');
    await request.abandoned;
  });

  it('sends nothing when it is cancelled before', async () => {
    await expect(ask(model, AbortSignal.abort(new Error('shutting down')))).rejects.toThrow('shutting down');
    expect(double.requests).toEqual([]);
  });
});

describe('without a configured model', () => {
  const options = () => ({ baseUrl: double.url, contextTokens: 8192, timeoutMs: 30_000 });

  it('takes the first that the server lists, once, and tells of it', async () => {
    const told: string[] = [];
    const first = createOpenAiModel({ ...options(), onModelChosen: (name) => told.push(name) });
    await ask(first);
    await ask(first);
    expect(told).toEqual(['double-1']);
    expect(first.name).toBe(`double-1 (${host})`);
    expect(double.requests.map((request) => request.path)).toEqual([
      '/v1/models',
      '/v1/chat/completions',
      '/v1/chat/completions',
    ]);
  });

  it('asks OpenAI itself for nothing, and says what to set', async () => {
    const openai = createOpenAiModel({ apiKey: 'sk-1', contextTokens: 8192, timeoutMs: 30_000 });
    await expect(ask(openai)).rejects.toMatchObject({
      code: 'model_unavailable',
      message: 'api.openai.com needs LLM_MODEL',
    });
  });
});

describe('a check', () => {
  const check = (subject: Model) => subject.check(new AbortController().signal);

  it('is content when the server has the model', async () => {
    expect(await check(model)).toEqual({ ok: true, detail: `${host} answers and has double-1` });
  });

  it('says which models there are instead', async () => {
    const other = createOpenAiModel({ baseUrl: double.url, model: 'gpt-x', contextTokens: 1, timeoutMs: 30_000 });
    expect(await check(other)).toMatchObject({ ok: false, detail: expect.stringContaining('(it has double-1)') });
  });

  it('never throws, also when nothing is there or it is cancelled', async () => {
    expect(await model.check(AbortSignal.abort())).toMatchObject({ ok: false });
    await double.close();
    expect(await check(model)).toMatchObject({ ok: false, advice: 'Is it running, and is its address right?' });
  });
});
