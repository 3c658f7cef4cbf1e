// Owns reading OLLAMA_HOST, which is written in many ways.

export const DEFAULT_OLLAMA_URL = 'http://127.0.0.1:11434';

const DEFAULT_PORT = '11434';

/**
 * The URL that a host as in Ollama's own variable means: `http://…` as it is, `gpu`, `gpu:11434`, `:11434`, `[::1]:1`.
 * `0.0.0.0` is where a server listens, and on this machine that is loopback. Throws TypeError when it is no host.
 */
export function ollamaUrl(host: string): URL {
  const trimmed = host.trim();
  if (trimmed === '') return new URL(DEFAULT_OLLAMA_URL);
  const schemed = /^https?:\/\//i.test(trimmed);
  const url = new URL(schemed ? trimmed : `http://${trimmed.startsWith(':') ? '127.0.0.1' : ''}${trimmed}`);
  // A bare host means Ollama's port; `host:80` loses its port in URL, so the text is asked.
  if (!schemed && !/:\d+(\/|$)/.test(trimmed)) url.port = DEFAULT_PORT;
  if (url.hostname === '0.0.0.0') url.hostname = '127.0.0.1';
  return url;
}
