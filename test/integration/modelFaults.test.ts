// Owns the tests of everything that a model's server can do wrong, over HTTP and through the guard: what it is called, how often it
// is tried, and that nothing stays behind.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../src/domain/errors.ts';
import type { Model } from '../../src/domain/model.ts';
import { createModel } from '../../src/llm/createModel.ts';
import { createGuardedModel } from '../../src/llm/guard.ts';
import { createOpenAiModel } from '../../src/llm/openai.ts';
import { createOpenAiDouble, type OpenAiDouble, type OpenAiReply } from '../fixtures/openaiServer.ts';
import { createRecordingLog } from '../fixtures/recordingLog.ts';

/** For a server that answers nothing more. */
const SHORT_TIMEOUT_MS = 300;
/** For one that answers, however slow the machine. */
const LONG_TIMEOUT_MS = 30_000;

let double: OpenAiDouble;
let slept: number[];
let model: Model;

beforeEach(async () => {
  double = await createOpenAiDouble();
  slept = [];
  model = modelWith(LONG_TIMEOUT_MS);
});
afterEach(() => double.close());

function modelWith(timeoutMs: number): Model {
  const bare = createOpenAiModel({ baseUrl: double.url, model: 'm', contextTokens: 8192, timeoutMs: 60_000 });
  const sleep = async (ms: number) => void slept.push(ms);
  return createGuardedModel(bare, { timeoutMs, log: createRecordingLog().log, sleep });
}

/** A model whose time-out suits the fault. */
const modelFor = ({ kind }: OpenAiReply) => modelWith(kind === 'hang' ? SHORT_TIMEOUT_MS : LONG_TIMEOUT_MS);

function ask(subject: Model = model) {
  return subject.complete({ system: 's', user: 'u', maxOutputTokens: 100, signal: new AbortController().signal });
}

const body = (value: unknown): OpenAiReply => ({ kind: 'status', status: 200, body: value });
const answering = (message: unknown) => body({ choices: [{ message, finish_reason: 'stop' }] });

type Fault = [name: string, reply: OpenAiReply, code: ErrorCode, message: string, calls: number];

const FAULTS: Fault[] = [
  ['sends no headers', { kind: 'hang' }, 'model_unavailable', 'no answer within the time-out of 0.3 s', 3],
  ['stops in the middle', { kind: 'hang', midway: true }, 'model_unavailable', 'no answer within the time-out', 3],
  ['hangs up', { kind: 'disconnect' }, 'model_unavailable', 'the connection to', 3],
  ['answers 500', { kind: 'status', status: 500 }, 'model_unavailable', 'answered 500', 3],
  ['answers in HTML', { kind: 'html' }, 'model_unavailable', 'sent no completion', 3],
  ['cuts its JSON', { kind: 'cut_json' }, 'model_unavailable', 'an answer that breaks off or is no JSON', 3],
  ['sends an empty body', { kind: 'empty_body' }, 'model_unavailable', 'sent an empty answer', 3],
  ['sends a list', body([]), 'model_unavailable', 'sent no completion: []', 3],
  ['sends JSON of another shape', body({ choices: 'none' }), 'model_unavailable', 'sent no completion', 3],
  ['sends no choice', body({ choices: [] }), 'model_unavailable', 'sent no completion', 3],
  ['sends words that are none', answering({ content: 7 }), 'model_unavailable', 'sent no completion', 3],
  ['sends an answer without words', answering({ content: null }), 'model_failed', 'gave an empty answer', 1],
  ['sends 10 MB', { kind: 'huge' }, 'model_failed', 'is larger than 4194304 bytes', 1],
];

describe('a server that', () => {
  it.each(FAULTS)('%s', async (_name, reply, code, message, calls) => {
    model = modelFor(reply);
    double.script(() => reply);
    await expect(ask()).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
    expect(double.chats).toHaveLength(calls);
    expect(model.load?.().callsUnderWay).toBe(0);
  });

  it('is not there', async () => {
    await double.close();
    await expect(ask()).rejects.toMatchObject({
      code: 'model_unavailable',
      message: expect.stringContaining('the connection to'),
    });
    expect(slept).toEqual([1_000, 2_000]);
  });

  it('answers 503 is tried again when it says', async () => {
    double.script((_chat, index) =>
      index === 0 ? { kind: 'status', status: 503, headers: { 'retry-after': '20' } } : { kind: 'answer' },
    );
    await expect(ask()).resolves.toMatchObject({ finish: 'stop' });
    expect(slept).toEqual([20_000]);
  });

  it('answers 429 is called by nobody until its pause is over', async () => {
    double.script((_chat, index) =>
      index === 0 ? { kind: 'rate_limited', headers: { 'retry-after-ms': '200' } } : { kind: 'answer' },
    );
    const first = ask();
    await double.received(1);
    const limitedAt = performance.now();
    await Promise.all([first, ask()]);
    expect(performance.now() - limitedAt).toBeGreaterThan(190);
    expect(double.chats).toHaveLength(3);
  });

  it('wants a pause of more than a minute is left to the ledger', async () => {
    double.script(() => ({ kind: 'rate_limited', headers: { 'retry-after': '120' } }));
    await expect(ask()).rejects.toMatchObject({ code: 'model_rate_limited', retryAfterMs: 120_000 });
    await expect(ask()).rejects.toMatchObject({ code: 'model_rate_limited', retryAfterMs: expect.any(Number) });
    expect(double.chats).toHaveLength(1);
  });
});

describe('after all that', () => {
  it('no connection is left', async () => {
    for (const [, reply] of FAULTS) {
      double.script(() => reply);
      await ask(modelFor(reply)).catch(() => {});
    }
    await double.left();
  });
});

describe('a model that fails five times', () => {
  it('hears nothing more, with pictures or without, and answers a check without a call', async () => {
    const { log, records } = createRecordingLog();
    const settings = { provider: 'openai', baseUrl: double.url, model: 'double-1', visionModel: 'double-2' } as const;
    const limits = { timeoutMs: LONG_TIMEOUT_MS, maxOutputTokens: 100, contextTokens: 8192 };
    const pair = createModel({ ...settings, ...limits }, log) as Model;
    double.script(() => ({ kind: 'status', status: 500 }));
    const images = [{ mime: 'image/jpeg' as const, bytes: new Uint8Array([255, 216]) }];
    const see = { system: 's', user: 'u', maxOutputTokens: 100, images, signal: new AbortController().signal };
    // One after the other: a call that has begun when the fifth one fails is let go on.
    await expect(ask(pair)).rejects.toMatchObject({ code: 'model_unavailable' });
    await expect(pair.complete(see)).rejects.toMatchObject({ code: 'model_unavailable' });
    const calls = () => double.requests.filter(({ method }) => method === 'POST').length;
    expect(double.chats).toHaveLength(5);
    expect(pair.load?.()).toMatchObject({ state: 'open', callsUnderWay: 0, requestsLastMinute: 5 });
    await expect(ask(pair)).rejects.toMatchObject({ code: 'model_unavailable', retryAfterMs: expect.any(Number) });
    await expect(pair.complete(see)).rejects.toMatchObject({ code: 'model_unavailable' });
    expect(await pair.check(new AbortController().signal)).toMatchObject({
      ok: false,
      detail: expect.stringContaining('left alone'),
    });
    expect(calls()).toBe(5);
    expect(records.filter(({ message }) => message === 'the model is left alone for a while')).toHaveLength(1);
  });
});
