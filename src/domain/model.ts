// Owns the small interface that every language model is used through.

/** A picture as a model gets it. */
export type ModelImage = { mime: 'image/jpeg'; bytes: Uint8Array };

/** A JSON Schema that the answer has to keep; servers constrain their output by it. */
export type AnswerSchema = { name: string; schema: Readonly<Record<string, unknown>> };

export type ModelRequest = {
  /** Lector's own instructions; never holds text of a document. */
  system: string;
  /** The task with the document's text, fenced. */
  user: string;
  maxOutputTokens: number;
  /** Seen by the vision model (LLM_VISION_MODEL); its text is that of strangers, like a document's. */
  images?: readonly ModelImage[] | undefined;
  /** The answer's text is then one JSON value of this schema, as far as the server keeps to it: it is to be checked all the same. */
  schema?: AnswerSchema | undefined;
  signal: AbortSignal;
  /** Called for each part of an answer that comes as a stream: a sign of life, so that a slow model is not taken for a dead one. */
  onProgress?: (() => void) | undefined;
};

export type TokenUsage = { inputTokens: number; outputTokens: number };

export type ModelAnswer = {
  text: string;
  /** `length`: the model was cut off at its output limit. */
  finish: 'stop' | 'length' | 'other';
  usage: TokenUsage;
};

/** What a server told of a prompt that did not fit; it is the `cause` of every `model_context_exceeded`. */
export class ContextOverflow extends Error {
  readonly promptTokens: number | undefined;
  readonly contextTokens: number | undefined;

  constructor(message: string, told: { promptTokens?: number | undefined; contextTokens?: number | undefined } = {}) {
    super(message);
    this.name = 'ContextOverflow';
    this.promptTokens = told.promptTokens;
    this.contextTokens = told.contextTokens;
  }
}

/** What `doctor` learns of a model: ready, or why not and what to do. */
export type ModelCheck = { ok: true; detail: string } | { ok: false; detail: string; advice: string };

/** What the guard of a model knows of its use at this moment. */
export type ModelLoad = {
  /** `open`: it failed too often and is left alone until `retryAtMs`; `half_open`: one call tries whether it is back. */
  state: 'closed' | 'open' | 'half_open';
  /** By the guard's clock; null: not open. */
  retryAtMs: number | null;
  /** Since the first of the failures; null: closed. */
  awayForMs: number | null;
  requestsLastMinute: number;
  /** LLM_REQUESTS_PER_MINUTE; null: off. */
  maxRequestsPerMinute: number | null;
  tokensLastMinute: number;
  maxTokensPerMinute: number | null;
  callsUnderWay: number;
};

export interface Model {
  /** Model and provider, as answers and logs name it, such as `qwen3 (gpu:8080)`; settled after the first call when no model is configured. */
  readonly name: string;
  /** Host that the text goes to, for the welcome notice. */
  readonly host: string;
  /** As `name`, of the model that pictures go to; absent: they go to the same one. */
  readonly visionName?: string;
  /** Whether it takes pictures; `unknown` until a server has told, or has taken or refused one. */
  readonly vision: 'yes' | 'no' | 'unknown';
  /** Prompt and answer together fit into so many tokens. */
  readonly contextTokens: number;
  /**
   * One call, without retries.
   * Throws AppError `model_unavailable` (unreachable, 5xx, time-out, login or model name refused), `model_rate_limited`
   * (with retryAfterMs when told), `model_context_exceeded`, `model_cannot_see` (pictures to a model that takes none),
   * `model_failed` (a refusal, or an answer that is empty or too long: waiting will not mend it).
   * Aborting `signal` rejects at once with the signal's reason.
   */
  complete(request: ModelRequest): Promise<ModelAnswer>;
  /** Of a guarded model. */
  load?(): ModelLoad;
  /** One cheap look whether the server answers and has the model; never throws. */
  check(signal: AbortSignal): Promise<ModelCheck>;
}
