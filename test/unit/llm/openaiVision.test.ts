// Owns the tests of what a server's list of models tells of their eyes.
import { describe, expect, it } from 'vitest';
import { visionOf } from '../../../src/llm/openaiVision.ts';

const list = (...data: object[]) => ({ object: 'list', data });
const modalities = (...input_modalities: string[]) => ({ architecture: { input_modalities } });
const older = (...capabilities: string[]) => ({
  models: [{ name: 'gemma', capabilities }],
  ...list({ id: 'gemma', owned_by: 'llamacpp' }),
});

describe('visionOf', () => {
  it.each([
    ['llama.cpp with a projector', list({ id: 'm', ...modalities('text', 'image', 'video') }), 'yes'],
    ['llama.cpp without', list({ id: 'm', ...modalities('text') }), 'no'],
    ['llama.cpp under another name', list({ id: '/models/m.gguf', ...modalities('text', 'image') }), 'yes'],
    [
      'a model that is not loaded yet',
      list({ id: 'm', status: { value: 'unloaded' }, ...modalities('text') }),
      'unknown',
    ],
    ['older llama.cpp with a projector', older('completion', 'multimodal'), 'yes'],
    ['older llama.cpp without', older('completion'), 'no'],
    ['Mistral', list({ id: 'x' }, { id: 'm', capabilities: { vision: true, completion_chat: true } }), 'yes'],
    ['a blind one of Mistral', list({ id: 'x' }, { id: 'm', capabilities: { vision: false } }), 'no'],
    ['vLLM', list({ id: 'm', max_model_len: 8192 }), 'unknown'],
    ['a list without the model', list({ id: 'a', ...modalities('text') }, { id: 'b' }), 'unknown'],
    ['strange values', list({ id: 'm', architecture: 'llama', capabilities: ['chat'] }), 'unknown'],
    ['no list at all', '<!doctype html>', 'unknown'],
  ])('%s', (_server, body, vision) => {
    expect(visionOf(body, 'm')).toBe(vision);
  });
});
