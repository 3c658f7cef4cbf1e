// Owns the tests of which model an operator's settings mean.
import { describe, expect, it } from 'vitest';
import { createModel } from '../../../src/llm/createModel.ts';
import type { LlmSettings } from '../../../src/llm/settings.ts';
import { createRecordingLog } from '../../fixtures/recordingLog.ts';

const base: LlmSettings = { provider: 'auto', timeoutMs: 1_000, maxOutputTokens: 100, contextTokens: 4096 };

function choose(settings: Partial<LlmSettings>): string | null {
  const model = createModel({ ...base, ...settings }, createRecordingLog().log);
  return model && `${model.name} at ${model.host}`;
}

describe('createModel', () => {
  it('has no model when nothing is set, or none is wanted', () => {
    expect(choose({})).toBeNull();
    expect(choose({ provider: 'none', apiKey: 'sk-1', ollamaHost: 'gpu' })).toBeNull();
  });

  it('takes OpenAI with a key, and the server of a base URL', () => {
    expect(choose({ apiKey: 'sk-1', model: 'gpt-x' })).toBe('gpt-x (OpenAI) at api.openai.com');
    expect(choose({ baseUrl: 'http://gpu:8080/v1' })).toBe('first listed model (gpu:8080) at gpu:8080');
  });

  it('takes Ollama with a host, unless the OpenAI protocol is set up as well', () => {
    expect(choose({ ollamaHost: 'gpu', model: 'llama3.2' })).toBe('llama3.2 (Ollama) at gpu:11434');
    expect(choose({ ollamaHost: 'gpu', apiKey: 'sk-1', model: 'gpt-x' })).toBe('gpt-x (OpenAI) at api.openai.com');
  });

  it('keeps to the provider that is named', () => {
    expect(choose({ provider: 'ollama', model: 'm' })).toBe('m (Ollama) at 127.0.0.1:11434');
    expect(choose({ provider: 'ollama', apiKey: 'sk-1', model: 'm' })).toBe('m (Ollama) at 127.0.0.1:11434');
    expect(choose({ provider: 'openai', ollamaHost: 'gpu', model: 'm' })).toBe('m (OpenAI) at api.openai.com');
  });

  it('sends pictures to the model that sees, where one is named', () => {
    const { log } = createRecordingLog();
    const pair = createModel({ ...base, ollamaHost: 'gpu', model: 'llama3.2', visionModel: 'qwen2.5vl' }, log);
    expect([pair?.name, pair?.visionName, pair?.vision]).toEqual([
      'llama3.2 (Ollama)',
      'qwen2.5vl (Ollama)',
      'unknown',
    ]);
    const same = createModel({ ...base, ollamaHost: 'gpu', model: 'gemma3', visionModel: 'gemma3' }, log);
    expect([same?.name, same?.visionName]).toEqual(['gemma3 (Ollama)', undefined]);
  });

  it('tells how much fits into the model', () => {
    const model = createModel({ ...base, ollamaHost: 'gpu' }, createRecordingLog().log);
    expect(model?.contextTokens).toBe(4096);
  });

  it('keeps to the limits that the operator sets, and to none when none is set', () => {
    const { log } = createRecordingLog();
    const limits = { requestsPerMinute: 60, tokensPerMinute: null };
    const load = createModel({ ...base, ...limits, ollamaHost: 'gpu', model: 'm', visionModel: 'v' }, log)?.load?.();
    expect(load).toEqual({
      state: 'closed',
      retryAtMs: null,
      awayForMs: null,
      requestsLastMinute: 0,
      maxRequestsPerMinute: 60,
      tokensLastMinute: 0,
      maxTokensPerMinute: null,
      callsUnderWay: 0,
    });
    const free = createModel({ ...base, ollamaHost: 'gpu' }, log)?.load?.();
    expect([free?.maxRequestsPerMinute, free?.maxTokensPerMinute]).toEqual([null, null]);
  });
});
