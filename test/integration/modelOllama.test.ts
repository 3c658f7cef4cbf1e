// Owns the tests of Ollama's protocol against a server that shows every fault.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Model } from '../../src/domain/model.ts';
import { createOllamaModel } from '../../src/llm/ollama.ts';
import {
  createOllamaDouble,
  type OllamaDouble,
  type OllamaReply,
  USUAL_OLLAMA_ANSWER,
} from '../fixtures/ollamaServer.ts';

let double: OllamaDouble;
let model: Model;
let host: string;

beforeEach(async () => {
  double = await createOllamaDouble();
  host = new URL(double.url).host;
  model = createOllamaModel({ host: double.url, model: 'double', contextTokens: 8192, timeoutMs: 30_000 });
});
afterEach(() => double.close());

function ask(subject: Model = model, signal: AbortSignal = new AbortController().signal, onProgress?: () => void) {
  return subject.complete({ system: 'Be brief.', user: 'Sum this up.', maxOutputTokens: 300, signal, onProgress });
}

function askScripted(reply: OllamaReply) {
  double.script(() => reply);
  return ask();
}

describe('a chat', () => {
  it('asks for the whole context, and to be told rather than cut', async () => {
    await ask();
    expect(double.chats[0]?.body).toMatchObject({
      model: 'double',
      stream: true,
      think: false,
      truncate: false,
      shift: false,
      options: { num_ctx: 8192, num_predict: 300 },
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Sum this up.' },
      ],
    });
  });

  it('joins the stream, gives the tokens that it cost, and tells of each part', async () => {
    double.script(() => ({ kind: 'answer', inputTokens: 21, outputTokens: 34 }));
    const progress = vi.fn();
    expect(await ask(model, undefined, progress)).toEqual({
      text: USUAL_OLLAMA_ANSWER,
      finish: 'stop',
      usage: { inputTokens: 21, outputTokens: 34 },
    });
    expect(progress.mock.calls.length).toBeGreaterThan(10);
  });

  it('says nothing of thinking to a version that takes it amiss, and remembers', async () => {
    double.script(({ body }) =>
      'think' in body
        ? { kind: 'status', status: 400, error: '"double" does not support thinking' }
        : { kind: 'answer' },
    );
    await ask();
    await ask();
    expect(double.chats.map(({ body }) => 'think' in body)).toEqual([true, false, false]);
  });

  it('tells when the model was cut off', async () => {
    expect(await askScripted({ kind: 'answer', finish: 'length' })).toMatchObject({ finish: 'length' });
  });
});

describe('a server in trouble', () => {
  const faults: [name: string, reply: OllamaReply, code: string, message: string][] = [
    ['a missing model', { kind: 'model_not_found' }, 'model_unavailable', 'run: ollama pull double'],
    ['a 500', { kind: 'status', status: 500, error: 'out of memory' }, 'model_unavailable', 'answered 500: out of mem'],
    ['an error in the stream', { kind: 'error_midway' }, 'model_unavailable', 'llama runner process has terminated'],
    ['a line that is cut', { kind: 'cut_line' }, 'model_unavailable', 'an answer that breaks off or is no JSON'],
    ['a page of HTML', { kind: 'html' }, 'model_unavailable', 'an answer that breaks off or is no JSON'],
    ['a closed connection', { kind: 'disconnect' }, 'model_unavailable', 'other side closed'],
    ['a connection closed midway', { kind: 'disconnect', midway: true }, 'model_unavailable', 'other side closed'],
    ['an empty answer', { kind: 'answer', text: '' }, 'model_failed', 'gave an empty answer'],
    ['an answer of 10 MB', { kind: 'huge' }, 'model_failed', 'the answer is larger than 4194304 bytes'],
    [
      'a prompt that is too long',
      { kind: 'status', status: 400, error: 'the input length exceeds the context length' },
      'model_context_exceeded',
      'the input length exceeds',
    ],
    [
      'a prompt that an old server cut in silence',
      { kind: 'answer', inputTokens: 8192 },
      'model_context_exceeded',
      'cut the prompt to its 8192 tokens',
    ],
  ];

  it.each(faults)('%s', async (_name, reply, code, message) => {
    const printed = [vi.spyOn(console, 'log'), vi.spyOn(console, 'warn')];
    await expect(askScripted(reply)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
    for (const spy of printed) {
      expect(spy).not.toHaveBeenCalled();
      spy.mockRestore();
    }
  });

  it('passes on how long to wait', async () => {
    const busy = askScripted({ kind: 'status', status: 503, headers: { 'retry-after': '7' } });
    await expect(busy).rejects.toMatchObject({ code: 'model_unavailable', retryAfterMs: 7_000 });
  });

  it('names a server that is not there', async () => {
    await double.close();
    await expect(ask()).rejects.toMatchObject({
      code: 'model_unavailable',
      message: expect.stringContaining(`the connection to ${host} failed`),
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
});

describe('without a configured model', () => {
  it('takes the first that the server lists', async () => {
    const told: string[] = [];
    const first = createOllamaModel({
      host: double.url,
      contextTokens: 8192,
      timeoutMs: 30_000,
      onModelChosen: (name) => told.push(name),
    });
    await ask(first);
    expect(double.chats[0]?.model).toBe('double:latest');
    expect(told).toEqual(['double:latest']);
    expect(first.name).toBe('double:latest (Ollama)');
  });

  it('says how to get a model when there is none', async () => {
    const bare = await createOllamaDouble({ models: [] });
    const first = createOllamaModel({ host: bare.url, contextTokens: 8192, timeoutMs: 30_000 });
    await expect(ask(first)).rejects.toMatchObject({
      code: 'model_unavailable',
      message: expect.stringContaining('ollama pull'),
    });
    await bare.close();
  });
});

describe('a check', () => {
  const check = (subject: Model) => subject.check(new AbortController().signal);

  it('is content when the server has the model', async () => {
    expect(await check(model)).toEqual({ ok: true, detail: `${host} answers and has double:latest` });
  });

  it('says how to get a model that is not there', async () => {
    const other = createOllamaModel({ host: double.url, model: 'qwen3:4b', contextTokens: 1, timeoutMs: 30_000 });
    expect(await check(other)).toEqual({
      ok: false,
      detail: `${host} answers, but has no model "qwen3:4b" (it has double:latest)`,
      advice: 'Run: ollama pull qwen3:4b',
    });
  });

  it('never throws', async () => {
    await double.close();
    expect(await check(model)).toMatchObject({ ok: false, advice: 'Is it running, and is its address right?' });
  });
});
