// Owns the tests of guessing the tokens of a call before its server counts them.
import { describe, expect, it } from 'vitest';
import type { ModelRequest } from '../../../src/domain/model.ts';
import { createTokenEstimate } from '../../../src/llm/tokenEstimate.ts';

function request(rest: Partial<ModelRequest> = {}): ModelRequest {
  const { signal } = new AbortController();
  return { system: 'x'.repeat(300), user: 'ü'.repeat(300), maxOutputTokens: 200, signal, ...rest };
}

const jpeg = { mime: 'image/jpeg' as const, bytes: new Uint8Array(3) };

describe('the tokens of a call', () => {
  it('are those of its words by their bytes, of its pictures, and of the answer that it may get', () => {
    const estimate = createTokenEstimate();
    expect(estimate.of(request())).toBe(100 + 200 + 200);
    expect(estimate.of(request({ images: [jpeg, jpeg] }))).toBe(500 + 2 * 1_600);
  });

  it('hold no answer of a hundred thousand, which no question here gets', () => {
    expect(createTokenEstimate().of(request({ maxOutputTokens: 100_000 }))).toBe(300 + 2_048);
  });

  it('come closer to what was used, and stay at the most of the last answers', () => {
    const estimate = createTokenEstimate();
    estimate.learn(request(), { inputTokens: 150, outputTokens: 50 });
    expect(estimate.of(request())).toBe(200);
    estimate.learn(request(), { inputTokens: 250, outputTokens: 50 });
    estimate.learn(request(), { inputTokens: 100, outputTokens: 50 });
    expect(estimate.of(request())).toBe(300);
    for (let n = 0; n < 16; n++) estimate.learn(request(), { inputTokens: 100, outputTokens: 50 });
    expect(estimate.of(request())).toBe(150);
  });

  it('are not taken for none when a server tells none', () => {
    const estimate = createTokenEstimate();
    estimate.learn(request(), { inputTokens: 0, outputTokens: 0 });
    expect(estimate.of(request())).toBe(500);
  });

  it('stay within reason whatever a server claims', () => {
    const estimate = createTokenEstimate();
    estimate.learn(request(), { inputTokens: 1, outputTokens: 0 });
    expect(estimate.of(request())).toBe(50);
    estimate.learn(request(), { inputTokens: 1e9, outputTokens: 0 });
    expect(estimate.of(request())).toBe(1_000);
  });
});
