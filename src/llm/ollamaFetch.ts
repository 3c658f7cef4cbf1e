// Owns what reaches the Ollama package: readable answers, or an error that says what went wrong.
// The package prints bad lines and error bodies to the console, and standard output belongs to `read --json`.
import type { AppError } from '../domain/errors.ts';
import { createBoundedFetch } from './boundedFetch.ts';
import { brokenOff, type ServerNames, statusError } from './modelErrors.ts';
import { parseRetryAfter } from './retryAfter.ts';

export type OllamaFetchOptions = {
  timeoutMs: number;
  signal: AbortSignal;
  names: ServerNames;
  /** The answer is NDJSON, a line for each part. */
  streamed: boolean;
};

/**
 * A fetch for one call of the Ollama package. It ends with `signal`, and throws AppError for a status that is no
 * success and for `{"error":…}` in the middle of a stream, SyntaxError for a line that is no JSON.
 */
export function createOllamaFetch({ timeoutMs, signal, names, streamed }: OllamaFetchOptions): typeof fetch {
  const boundedFetch = createBoundedFetch(timeoutMs);
  return async (input, init) => {
    const response = await boundedFetch(input, { ...init, signal });
    if (!response.ok) throw await refused(response, names);
    if (!streamed || response.body === null) return response;
    return new Response(response.body.pipeThrough(createLineCheck(names)), { headers: response.headers });
  };
}

async function refused(response: Response, names: ServerNames): Promise<AppError> {
  const text = await response.text();
  const message = errorInBody(text) ?? (text || response.statusText);
  const retryAfterMs = parseRetryAfter(response.headers, Date.now());
  return statusError({ status: response.status, message, retryAfterMs }, names);
}

function errorInBody(text: string): string | null {
  try {
    return errorIn(JSON.parse(text));
  } catch {
    // Proxies before Ollama answer in HTML or plain words.
    return null;
  }
}

function errorIn(value: unknown): string | null {
  const error = (value as { error?: unknown } | null)?.error;
  return typeof error === 'string' ? error : null;
}

/** Passes lines on once they are whole and readable. */
function createLineCheck(names: ServerNames): TransformStream<Uint8Array, Uint8Array> {
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  let rest = '';
  let ended = false;

  const pass = (line: string, controller: TransformStreamDefaultController<Uint8Array>) => {
    if (line.trim() === '') return;
    const part: { done?: unknown } | null = JSON.parse(line);
    const message = errorIn(part);
    // Trouble of Ollama's own, such as too little memory: a 500, had it not begun to answer.
    if (message !== null) throw statusError({ status: 500, message }, names);
    ended ||= part?.done === true;
    controller.enqueue(encoder.encode(`${line}\n`));
  };

  return new TransformStream({
    transform(part, controller) {
      const [first = '', ...more] = decoder.decode(part, { stream: true }).split('\n');
      rest += first;
      for (const next of more) {
        pass(rest, controller);
        rest = next;
      }
    },
    flush(controller) {
      pass(rest, controller);
      if (!ended) throw brokenOff(names.host);
    },
  });
}
