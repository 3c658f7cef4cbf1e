// Owns what an operator may set about the model.

export type LlmProvider = 'auto' | 'openai' | 'ollama' | 'none';

export type LlmSettings = {
  /** `auto`: openai with a key or a base URL, ollama with a host, else none. */
  provider: LlmProvider;
  /** Of any OpenAI-compatible server, usually ending in `/v1`; OpenAI itself when absent. */
  baseUrl?: string | undefined;
  apiKey?: string | undefined;
  /** As Ollama's own variable: a URL, `host:port` or a bare host. */
  ollamaHost?: string | undefined;
  /** The first that the server lists when absent. */
  model?: string | undefined;
  /** For requests with pictures; `model` when absent. */
  visionModel?: string | undefined;
  timeoutMs: number;
  maxOutputTokens: number;
  /** Prompt and answer together fit into so many tokens. */
  contextTokens: number;
  /** Null or absent: no limit. */
  requestsPerMinute?: number | null | undefined;
  /** Of prompts and answers together. */
  tokensPerMinute?: number | null | undefined;
};
