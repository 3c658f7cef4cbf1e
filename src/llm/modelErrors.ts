// Owns turning what a model server or the network does wrong into an AppError that tells the operator what to do.
import { AppError } from '../domain/errors.ts';
import { ResponseTooLarge } from './boundedFetch.ts';
import { findContextOverflow } from './contextOverflow.ts';

/** Server messages go into the log; some echo the request. */
const MAX_MESSAGE_CHARS = 300;

export type StatusFailure = {
  status: number;
  message: string;
  /** `error.code` and `error.type` of the OpenAI protocol. */
  code?: unknown;
  type?: unknown;
  /** The error object, for servers that put numbers into it. */
  body?: unknown;
  retryAfterMs?: number | undefined;
};

/** How the provider's own settings are called, so that a message can name them. */
export type ServerNames = { host: string; loginAdvice: string; modelAdvice: string };

/** The cause of an error that is no lost connection: the status (2xx: of something unreadable), and the message without advice. */
export type ServerAnswer = { status: number; said: string };

/** What the server answered, if the error tells of an answer. */
export function serverAnswerOf({ cause }: AppError): ServerAnswer | null {
  return cause instanceof Object && 'said' in cause ? (cause as ServerAnswer) : null;
}

/** The error for an HTTP status that is no success; its cause is a `ServerAnswer`, or the `ContextOverflow` that it tells of. */
export function statusError(failure: StatusFailure, names: ServerNames): AppError {
  const { status, retryAfterMs } = failure;
  const said = `${names.host} answered ${status}: ${shorten(failure.message)}`;
  const cause: ServerAnswer = { status, said };
  const options = { retryAfterMs, cause };

  // OpenAI answers 429 for an empty account as well, and no wait of minutes mends that.
  if (failure.code === 'insufficient_quota') return new AppError('model_unavailable', said, options);
  if (status === 429) return new AppError('model_rate_limited', said, options);
  const overflow = findContextOverflow(failure);
  if (overflow) return new AppError('model_context_exceeded', said, { cause: overflow });
  if (status === 401 || status === 403) {
    return new AppError('model_unavailable', `${said} (${names.loginAdvice})`, options);
  }
  if (status === 404) return new AppError('model_unavailable', `${said} (${names.modelAdvice})`, options);
  // 402: the account is empty at some providers; 408, 409 and 425 ask to come again.
  if (status >= 500 || [402, 408, 409, 425].includes(status)) return new AppError('model_unavailable', said, options);
  return new AppError('model_failed', said, options);
}

/** The error for everything that is no HTTP status: no connection, a broken one, an answer that cannot be read. */
export function transportError(thrown: unknown, host: string): AppError {
  if (thrown instanceof AppError) return thrown;
  if (thrown instanceof ResponseTooLarge) {
    return new AppError('model_failed', `${host}: ${thrown.message}`, { cause: thrown });
  }
  if (thrown instanceof SyntaxError) {
    return new AppError('model_unavailable', `${host} sent an answer that breaks off or is no JSON`, { cause: thrown });
  }
  return new AppError('model_unavailable', `the connection to ${host} failed: ${describe(thrown)}`, { cause: thrown });
}

/** The error for an answer that no such server gives; `detail` says what came, `question` what the operator may have mixed up. */
export function strangeAnswer(host: string, detail: string, question: string): AppError {
  const cause: ServerAnswer = { status: 200, said: `${host} ${detail}` };
  return new AppError('model_unavailable', `${cause.said} (${question})`, { cause });
}

/** The error for a stream that ended before its end. */
export function brokenOff(host: string): AppError {
  return new AppError('model_unavailable', `${host} broke off its answer`);
}

/** The error for an answer without a word; `finish` as the server named it. */
export function emptyAnswer(host: string, finish: string | null | undefined): AppError {
  const why = finish === 'length' ? ': it used up its output before it wrote a word; raise LLM_MAX_OUTPUT_TOKENS' : '';
  return new AppError('model_failed', `the model at ${host} gave an empty answer${why}`);
}

/** The innermost cause says most: `fetch failed` → `connect ECONNREFUSED 127.0.0.1:8080`. */
function describe(thrown: unknown): string {
  let inner = thrown;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  if (!(inner instanceof Error)) return shorten(String(inner));
  const code = (inner as NodeJS.ErrnoException).code;
  const text = inner.message || inner.name;
  return shorten(code === undefined || text.includes(code) ? text : `${text} (${code})`);
}

/** One line without control characters and without the login of a URL, cut for the log. */
export function shorten(text: string): string {
  const line = text
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .replace(/\/\/[^/@\s]+@/g, '//')
    .trim();
  return line.length <= MAX_MESSAGE_CHARS ? line : `${line.slice(0, MAX_MESSAGE_CHARS)}…`;
}
