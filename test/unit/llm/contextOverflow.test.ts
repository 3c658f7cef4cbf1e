// Owns the tests of recognising a prompt that did not fit, in the words of each server.
import { describe, expect, it } from 'vitest';
import { findContextOverflow } from '../../../src/llm/contextOverflow.ts';

type Saying = [server: string, message: string, promptTokens: number | undefined, contextTokens: number | undefined];

const SAYINGS: Saying[] = [
  [
    'llama.cpp',
    'request (4476 tokens) exceeds the available context size (4096 tokens), try increasing it',
    4476,
    4096,
  ],
  ['older llama.cpp', 'the request exceeds the available context size, try increasing it', undefined, undefined],
  [
    'OpenAI',
    "This model's maximum context length is 8192 tokens. However, your messages resulted in 12345 tokens. Please reduce the length of the messages.",
    12345,
    8192,
  ],
  [
    'vLLM',
    "This model's maximum context length is 16384 tokens. However, you requested 122946 tokens (112946 in the messages, 10000 in the completion).",
    112946,
    16384,
  ],
  [
    'newer vLLM',
    "'max_tokens' or 'max_completion_tokens' is too large: 1024. This model's maximum context length is 512 tokens and your request has 26 input tokens (1024 > 512 - 26).",
    26,
    512,
  ],
  ['Ollama', 'the input length exceeds the context length', undefined, undefined],
  [
    'newer Ollama',
    'the prompt is longer than the context length currently available to the model',
    undefined,
    undefined,
  ],
  [
    'LM Studio',
    'Trying to keep the first 4096 tokens when context the overflows. However, the model is loaded with context length of only 2048 tokens',
    undefined,
    2048,
  ],
  [
    'Mistral',
    'Prompt contains 40960 tokens and 0 draft tokens, too large for model with 32768 maximum context length',
    40960,
    32768,
  ],
  ['Anthropic', 'prompt is too long: 210000 tokens > 200000 maximum', 210000, 200000],
];

describe('findContextOverflow', () => {
  it.each(SAYINGS)('understands %s', (_server, message, promptTokens, contextTokens) => {
    expect(findContextOverflow({ message })).toMatchObject({ message, promptTokens, contextTokens });
  });

  it('takes the numbers from the fields of llama.cpp', () => {
    const body = { type: 'exceed_context_size_error', n_prompt_tokens: 12_800, n_ctx: 2048 };
    const found = findContextOverflow({ message: 'too much', type: body.type, body });
    expect(found).toMatchObject({ promptTokens: 12_800, contextTokens: 2048 });
  });

  it('goes by the code when the message is in other words', () => {
    expect(findContextOverflow({ message: 'Votre texte…', code: 'context_length_exceeded' })).not.toBeNull();
  });

  it.each([
    'Incorrect API key provided',
    "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
    'max_tokens is too large: 100000. This model supports at most 16384 completion tokens',
    'model requires more system memory (9.3 GiB) than is available (4.1 GiB)',
    'llama runner process has terminated: exit status 2',
    'Rate limit reached for requests',
  ])('leaves other errors alone: %s', (message) => {
    expect(findContextOverflow({ message })).toBeNull();
  });
});
