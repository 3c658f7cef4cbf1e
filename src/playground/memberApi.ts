// Owns the member's HTTP: one call of the client-server API on fetch, with the homeserver's errors as AppError.
import { AppError } from '../domain/errors.ts';
import { type Content, isObject } from './events.ts';

export type ApiCall = {
  method: 'GET' | 'POST' | 'PUT';
  /** Path with its query, percent-encoded: see `path`. */
  path: string;
  json?: Content;
  bytes?: { data: Uint8Array; contentType: string };
  signal?: AbortSignal;
};

export type Api = {
  /**
   * The answer's JSON object. Sends again after a 429, and a GET or PUT (harmless to repeat: transaction ids) for some
   * seconds while no connection stands; throws AppError for every other failure.
   */
  call(call: ApiCall): Promise<Content>;
  /** The answer's bytes, for media. */
  download(path: string): Promise<Buffer>;
};

export type ApiOptions = { homeserverUrl: string; accessToken?: string; fetch?: typeof fetch };

/** A path of percent-encoded parts: path`/rooms/${roomId}/leave`. */
export function path(texts: TemplateStringsArray, ...parts: string[]): string {
  return texts
    .map((text, index) => text + (index < parts.length ? encodeURIComponent(parts[index] ?? '') : ''))
    .join('');
}

/** A 429 without a time waits for so long. */
const DEFAULT_WAIT_MS = 1000;
const AWAY_TRIES = 25;
const AWAY_WAIT_MS = 200;

export function createApi({ homeserverUrl, accessToken, fetch: doFetch = fetch }: ApiOptions): Api {
  const authorization = accessToken === undefined ? {} : { Authorization: `Bearer ${accessToken}` };

  async function request({ method, path, json, bytes, signal }: ApiCall): Promise<Response> {
    const contentType = bytes?.contentType ?? (json ? 'application/json' : undefined);
    const body = bytes ? new Uint8Array(bytes.data) : json ? JSON.stringify(json) : null;
    try {
      return await doFetch(homeserverUrl + path, {
        method,
        headers: { ...authorization, ...(contentType && { 'Content-Type': contentType }) },
        body,
        signal: signal ?? null,
      });
    } catch (cause) {
      throw new AppError('homeserver_unavailable', `${method} ${path} got no answer`, { cause });
    }
  }

  async function patientRequest(call: ApiCall): Promise<Response> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await request(call);
      } catch (thrown) {
        if (call.method === 'POST' || tries === AWAY_TRIES || call.signal?.aborted) throw thrown;
        await pause(AWAY_WAIT_MS, call.signal);
      }
    }
  }

  async function successful(call: ApiCall): Promise<Response> {
    for (;;) {
      const response = await patientRequest(call);
      if (response.ok) return response;
      const failure = await failureOf(call, response);
      if (failure.code !== 'homeserver_rate_limited') throw failure;
      await pause(failure.retryAfterMs ?? DEFAULT_WAIT_MS, call.signal);
    }
  }

  return {
    call: async (call) => {
      const response = await successful(call);
      const answer: unknown = await response.json();
      // Room state is the one answer of the API that is an array.
      return isObject(answer) ? answer : { events: answer };
    },
    download: async (path) => {
      const response = await successful({ method: 'GET', path });
      return Buffer.from(await response.arrayBuffer());
    },
  };
}

async function failureOf({ method, path }: ApiCall, response: Response): Promise<AppError> {
  const text = await response.text();
  const body = parsed(text);
  const told = `${method} ${path}: ${response.status} ${body.errcode ?? ''} ${body.error ?? text.slice(0, 200)}`;
  if (response.status === 429) {
    const retryAfterMs = typeof body.retry_after_ms === 'number' ? body.retry_after_ms : undefined;
    return new AppError('homeserver_rate_limited', told, { retryAfterMs });
  }
  return new AppError(response.status >= 500 ? 'homeserver_unavailable' : 'homeserver_refused', told);
}

function parsed(text: string): Content {
  try {
    const body: unknown = JSON.parse(text);
    return isObject(body) ? body : {};
  } catch {
    // HTML of a proxy: the caller shows the text itself.
    return {};
  }
}

/** Resolves after the time, or rejects when `signal` aborts. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop, { once: true });
  });
}
