// Owns the tests of a guarded model at work on documents, over HTTP, with a server that is small or faulty.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGuardedModel } from '../../src/llm/guard.ts';
import { createOpenAiModel } from '../../src/llm/openai.ts';
import { summarise } from '../../src/pipeline/summarise.ts';
import { createOpenAiDouble, type OpenAiDouble, type OpenAiReply } from '../fixtures/openaiServer.ts';
import { createRecordingLog } from '../fixtures/recordingLog.ts';

let double: OpenAiDouble;

beforeEach(async () => {
  double = await createOpenAiDouble();
});
afterEach(() => double.close());

function reading(pageCount: number, charsPerPage: number) {
  const text = 'A sentence of forty characters in a row. '.repeat(Math.ceil(charsPerPage / 41));
  const body = Array.from({ length: pageCount }, (_, index) => ({ page: index + 1, text }));
  return { body, title: null, author: null, pageCount, outline: [], language: 'en' };
}

function createSubject(timeoutMs = 30_000) {
  const { log, records } = createRecordingLog();
  const bare = createOpenAiModel({ baseUrl: double.url, model: 'double-1', contextTokens: 8192, timeoutMs: 30_000 });
  const model = createGuardedModel(bare, { timeoutMs, log, sleep: async () => {} });
  const run = (subject: ReturnType<typeof reading>, signal = new AbortController().signal) =>
    summarise(subject, { model, maxOutputTokens: 1024, replyLanguage: null, signal });
  return { run, records };
}

/** A llama.cpp server with a slot of so many tokens, one for each character. */
function smallServer(contextTokens: number) {
  return ({ system, user }: { system: string; user: string }): OpenAiReply => {
    const promptTokens = system.length + user.length;
    if (promptTokens < contextTokens) return { kind: 'answer' };
    return { kind: 'context_exceeded', as: 'llama.cpp', promptTokens, contextTokens };
  };
}

describe('a guarded model over HTTP', () => {
  it('summarises a long document on a server with a small context', async () => {
    double.script(smallServer(2_048));
    const { run, records } = createSubject();
    const result = await run(reading(12, 1_000));
    expect(result.summary).toMatch(/^The document sets out a plan in two parts \(p\. 1\)\./);
    expect(result.calls).toBeLessThan(30);
    expect(records.filter((record) => record.code === 'model_context_exceeded')).toHaveLength(1);
  });

  it('goes on after a call that hangs, and hangs up on it', async () => {
    double.script((_chat, index) => (index === 0 ? { kind: 'hang' } : { kind: 'answer' }));
    const { run, records } = createSubject(500);
    await expect(run(reading(1, 100))).resolves.toMatchObject({ calls: 1 });
    await double.chats[0]?.abandoned;
    expect(records.filter((record) => record.level === 'warn')).toMatchObject([
      { code: 'model_unavailable', attempt: 1, stage: 'thinking' },
    ]);
  });

  it('asks once more after an empty answer', async () => {
    double.script((_chat, index) => ({ kind: 'answer', ...(index === 0 ? { text: '' } : {}) }));
    const { run } = createSubject();
    await expect(run(reading(1, 100))).resolves.toMatchObject({ calls: 2 });
  });

  it('stops between two parts when it is cancelled', async () => {
    const caller = new AbortController();
    double.script((_chat, index) => (index === 1 ? { kind: 'hang' } : { kind: 'answer' }));
    const { run, records } = createSubject();
    const result = run(reading(40, 2_000), caller.signal);
    await double.received(2);
    caller.abort(new Error('shutting down'));
    await expect(result).rejects.toThrow('shutting down');
    expect(records.filter((record) => record.level === 'warn')).toEqual([]);
  });
});
