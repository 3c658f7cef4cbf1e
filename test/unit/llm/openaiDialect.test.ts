// Owns the tests of how a completion is asked for, of old servers and of new models.
import { describe, expect, it } from 'vitest';
import { COMMON_DIALECT, dialectParameters, nextDialect } from '../../../src/llm/openaiDialect.ts';

const NO_MAX_TOKENS =
  "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.";
const NO_TEMPERATURE =
  "Unsupported value: 'temperature' does not support 0.2 with this model. Only the default (1) value is supported.";

describe('dialectParameters', () => {
  it('speaks as every compatible server understands', () => {
    expect(dialectParameters(COMMON_DIALECT, 300)).toEqual({ max_tokens: 300, temperature: 0.2 });
  });

  it('speaks as newer OpenAI models want it', () => {
    const parameters = dialectParameters({ limit: 'max_completion_tokens', temperature: false }, 300);
    expect(parameters).toEqual({ max_completion_tokens: 300 });
  });
});

describe('nextDialect', () => {
  it('gives up the parameter that was refused, and only that', () => {
    expect(nextDialect(COMMON_DIALECT, { status: 400, message: NO_MAX_TOKENS })).toEqual({
      limit: 'max_completion_tokens',
      temperature: true,
    });
    expect(nextDialect(COMMON_DIALECT, { status: 400, message: NO_TEMPERATURE })).toEqual({
      limit: 'max_tokens',
      temperature: false,
    });
  });

  it('does not give up the same parameter twice', () => {
    const newer = { limit: 'max_completion_tokens', temperature: false } as const;
    expect(nextDialect(newer, { status: 400, message: NO_MAX_TOKENS })).toBeNull();
    expect(nextDialect(newer, { status: 400, message: NO_TEMPERATURE })).toBeNull();
  });

  it('leaves other refusals alone', () => {
    const tooLarge = "'max_tokens' or 'max_completion_tokens' is too large: 1024.";
    expect(nextDialect(COMMON_DIALECT, { status: 400, message: tooLarge })).toBeNull();
    expect(nextDialect(COMMON_DIALECT, { status: 500, message: NO_MAX_TOKENS })).toBeNull();
    expect(nextDialect(COMMON_DIALECT, null)).toBeNull();
  });
});
