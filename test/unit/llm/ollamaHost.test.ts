// Owns the tests of the many ways to write OLLAMA_HOST.
import { describe, expect, it } from 'vitest';
import { ollamaUrl } from '../../../src/llm/ollamaHost.ts';

describe('ollamaUrl', () => {
  it.each([
    ['http://gpu:11434', 'http://gpu:11434/'],
    ['https://ollama.example.org', 'https://ollama.example.org/'],
    ['https://example.org/ollama', 'https://example.org/ollama'],
    ['gpu', 'http://gpu:11434/'],
    ['gpu:8080', 'http://gpu:8080/'],
    ['gpu:80', 'http://gpu/'],
    ['10.0.0.7', 'http://10.0.0.7:11434/'],
    [':11500', 'http://127.0.0.1:11500/'],
    ['0.0.0.0', 'http://127.0.0.1:11434/'],
    ['0.0.0.0:11434', 'http://127.0.0.1:11434/'],
    ['[::1]:11434', 'http://[::1]:11434/'],
    ['', 'http://127.0.0.1:11434/'],
  ])('reads %s as %s', (host, url) => {
    expect(ollamaUrl(host).href).toBe(url);
  });

  it('refuses what is no host', () => {
    expect(() => ollamaUrl('http://')).toThrow(TypeError);
  });
});
