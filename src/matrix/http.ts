// Owns the HTTP function under matrix-bot-sdk: on fetch, with time-outs, abort, and every failure as a typed error.
import { AsyncLocalStorage } from 'node:async_hooks';
import { setRequestFn } from 'matrix-bot-sdk';
import { AppError, toAppError } from '../domain/errors.ts';

/** What bot-sdk passes to the function that stands for the `request` library. */
type RequestParams = {
  uri: string;
  method: string;
  qs?: Record<string, unknown> | null;
  encoding?: null;
  timeout: number;
  headers: Record<string, string>;
  body?: string | Buffer;
};
type Callback = (error: unknown, response?: { statusCode: number; body: unknown }, body?: unknown) => void;

/** The cause of a `homeserver_refused`: what the homeserver said. */
export type Refusal = { status: number; errcode: string; error: string };

/** Longer is a mistake of the other side, and more than `setTimeout` holds would be no wait at all. */
const MAX_RETRY_AFTER_MS = 3_600_000;

const signals = new AsyncLocalStorage<AbortSignal>();

/** Runs `work` so that every request it makes through bot-sdk ends when `signal` aborts. */
export function withSignal<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  return signals.run(signal, work);
}

/** Gives bot-sdk its HTTP function (one for the whole process: that is how bot-sdk keeps it). */
export function installHttp(): void {
  setRequestFn((params: RequestParams, callback: Callback) => {
    request(params).then(
      ({ status, body }) => callback(null, { statusCode: status, body }, body),
      (error) => callback(error),
    );
  });
}

async function request(params: RequestParams): Promise<{ status: number; body: unknown }> {
  const signal = signals.getStore();
  const timeout = AbortSignal.timeout(params.timeout);
  try {
    const response = await fetch(withQuery(params.uri, params.qs), {
      method: params.method,
      headers: params.headers,
      redirect: 'manual',
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      ...(params.body !== undefined && { body: params.body as string }),
    });
    if (params.encoding === null && response.ok) {
      return { status: response.status, body: Buffer.from(await response.arrayBuffer()) };
    }
    const text = await response.text();
    if (!response.ok) throw failureOf(response, text);
    return { status: response.status, body: parseJson(text, response) };
  } catch (cause) {
    signal?.throwIfAborted();
    if (timeout.aborted)
      throw new AppError('homeserver_unavailable', `no answer within ${params.timeout} ms`, { cause });
    throw networkError(cause);
  }
}

function withQuery(uri: string, query: RequestParams['qs']): string {
  const url = new URL(uri);
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null) url.searchParams.append(name, String(value));
  }
  return url.href;
}

function networkError(cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  const reason = cause instanceof Error && cause.cause instanceof Error ? cause.cause.message : String(cause);
  return new AppError('homeserver_unavailable', `the homeserver cannot be reached: ${reason}`, { cause });
}

function parseJson(text: string, response: Response): unknown {
  try {
    const body: unknown = JSON.parse(text);
    // bot-sdk throws an error without a type for an answer that says both that it went well and that it did not.
    if (response.ok && typeof body === 'object' && body !== null && 'errcode' in body)
      throw new Error(String(body.errcode));
    return body;
  } catch (cause) {
    const type = response.headers.get('content-type') ?? 'no content type';
    throw new AppError('homeserver_unavailable', `${response.url} answered no JSON but ${type}: is it a homeserver?`, {
      cause,
    });
  }
}

/** The typed error of an answer that is not 2xx; the token is never part of a message. */
export function failureOf(response: Response, text: string): AppError {
  const body = errorBody(text);
  // What has no errcode comes from something else than a homeserver, which the operator must learn.
  const said = body.errcode
    ? `${response.status} ${body.errcode} ${body.error}`.trim()
    : `${URL.parse(response.url)?.origin ?? 'the homeserver'} answered ${response.status} and no Matrix error: is it a homeserver?`;
  if (response.status === 429) {
    const retryAfterMs = retryAfter(response.headers.get('retry-after'), body.retryAfterMs);
    return new AppError('homeserver_rate_limited', said, { retryAfterMs });
  }
  // A 4xx without an errcode comes from a proxy on the way, which may be wrong for a while; but too large stays too large.
  const isRefusal = response.status === 413 || (response.status >= 400 && response.status < 500 && body.errcode !== '');
  const cause: Refusal = { status: response.status, errcode: body.errcode, error: body.error };
  return new AppError(isRefusal ? 'homeserver_refused' : 'homeserver_unavailable', said, { cause });
}

function errorBody(answer: string): { errcode: string; error: string; retryAfterMs: number | undefined } {
  try {
    const body = JSON.parse(answer) as { errcode?: unknown; error?: unknown; retry_after_ms?: unknown };
    const wait = typeof body.retry_after_ms === 'number' ? body.retry_after_ms : undefined;
    const text = (value: unknown) => (typeof value === 'string' ? value : '');
    return { errcode: text(body.errcode), error: text(body.error), retryAfterMs: wait };
  } catch {
    return { errcode: '', error: 'an answer that is no JSON', retryAfterMs: undefined };
  }
}

/** Milliseconds from a Retry-After header (seconds or a date, RFC 9110 §10.2.3), else from the body's retry_after_ms. */
function retryAfter(header: string | null, bodyMs: number | undefined): number | undefined {
  const seconds = Number(header);
  const headerMs =
    header === null ? undefined : Number.isNaN(seconds) ? Date.parse(header) - Date.now() : seconds * 1000;
  const waits = [headerMs, bodyMs].filter((ms) => ms !== undefined && Number.isFinite(ms) && ms >= 0) as number[];
  return waits.length > 0 ? Math.min(MAX_RETRY_AFTER_MS, Math.max(...waits)) : undefined;
}

/** The status of the answer that the error is about, if the other side answered at all. */
export function answeredStatus(error: unknown): number | null {
  const { status } = (toAppError(error).cause ?? {}) as Partial<Refusal>;
  return typeof status === 'number' ? status : null;
}

/** What the homeserver said, if the error is a refusal of it. */
export function refusalOf(error: unknown): Refusal | null {
  const { code, cause } = toAppError(error);
  return code === 'homeserver_refused' ? (cause as Refusal) : null;
}
