// Owns the tests of which model is used when the operator names none.
import { describe, expect, it, vi } from 'vitest';
import { createModelChoice } from '../../../src/llm/modelChoice.ts';

const signal = new AbortController().signal;
const none = () => new Error('no model');

describe('createModelChoice', () => {
  it('asks nobody when a model is configured', async () => {
    const list = vi.fn(async () => ['other']);
    const choice = createModelChoice({ configured: 'mine', list, none });
    expect(await choice.settle(signal)).toBe('mine');
    expect(choice.label).toBe('mine');
    expect(list).not.toHaveBeenCalled();
  });

  it('takes the first of the list that can write, once, and tells of it', async () => {
    const list = vi.fn(async () => ['text-embedding-nomic', 'bge-reranker', 'qwen', 'llama']);
    const told: string[] = [];
    const choice = createModelChoice({ configured: undefined, list, none, onModelChosen: (name) => told.push(name) });
    expect(choice.label).toBe('first listed model');
    expect(await choice.settle(signal)).toBe('qwen');
    expect(await choice.settle(signal)).toBe('qwen');
    expect(choice.label).toBe('qwen');
    expect(list).toHaveBeenCalledTimes(1);
    expect(told).toEqual(['qwen']);
  });

  it('looks again after a failure, and tells only of a change', async () => {
    const lists = [['qwen'], ['qwen'], ['llama']];
    const told: string[] = [];
    const list = async () => lists.shift() ?? [];
    const choice = createModelChoice({ configured: undefined, list, none, onModelChosen: (name) => told.push(name) });
    await choice.settle(signal);
    choice.forget();
    await choice.settle(signal);
    choice.forget();
    expect(await choice.settle(signal)).toBe('llama');
    expect(told).toEqual(['qwen', 'llama']);
  });

  it.each([
    ['/models/qwen3-4b.gguf', 'qwen3-4b.gguf'],
    ['C:\\models\\qwen3.gguf', 'qwen3.gguf'],
    ['meta-llama/Llama-3.2', 'meta-llama/Llama-3.2'],
  ])('calls %s by the name %s, so that no path is shown', (configured, label) => {
    expect(createModelChoice({ configured, list: async () => [], none }).label).toBe(label);
  });

  it('says so when there is none', async () => {
    const choice = createModelChoice({ configured: undefined, list: async () => ['nomic-embed-text'], none });
    await expect(choice.settle(signal)).rejects.toThrow('no model');
  });
});
