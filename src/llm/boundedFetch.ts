// Owns the fetch that the model clients use: bounded in bytes, patient with slow models.

/** 1,024 tokens are about 5 kB as JSON and 150 kB as Ollama's NDJSON; a broken server may send without end. */
export const MAX_RESPONSE_BYTES = 4 * 1024 * 1024;

/** Node's own fetch gives up after so long without headers or body, whatever the caller allows. */
const NODE_PATIENCE_MS = 300_000;

/** Thrown while a body is read that goes over the cap. */
export class ResponseTooLarge extends Error {
  constructor(maxBytes: number) {
    super(`the answer is larger than ${maxBytes} bytes`);
    this.name = 'ResponseTooLarge';
  }
}

/**
 * A fetch whose bodies fail with `ResponseTooLarge` after `MAX_RESPONSE_BYTES` (decompressed), without reading on.
 * `patienceMs`: how long it waits for headers and for each part of the body.
 */
export function createBoundedFetch(patienceMs: number): typeof fetch {
  const patient = createPatientInit(patienceMs);
  return async (input, init) => {
    const response = await fetch(input, { ...init, ...patient });
    if (response.body === null) return response;
    const { status, statusText, headers } = response;
    return new Response(response.body.pipeThrough(createCounter(MAX_RESPONSE_BYTES)), { status, statusText, headers });
  };
}

function createCounter(maxBytes: number): TransformStream<Uint8Array, Uint8Array> {
  let bytes = 0;
  return new TransformStream({
    transform(part, controller) {
      bytes += part.byteLength;
      if (bytes > maxBytes) throw new ResponseTooLarge(maxBytes);
      controller.enqueue(part);
    },
  });
}

/**
 * Node's fetch ends at 300 s without headers (https://github.com/openai/openai-node/issues/2153), and without the undici
 * package the class of its global dispatcher is the only way to more; used only by those who allow a model that long.
 */
function createPatientInit(patienceMs: number): RequestInit {
  if (patienceMs < NODE_PATIENCE_MS) return {};
  const current = (globalThis as Record<symbol, unknown>)[Symbol.for('undici.globalDispatcher.1')];
  const Agent = current?.constructor as (new (options: object) => RequestInit['dispatcher']) | undefined;
  const dispatcher = Agent && new Agent({ headersTimeout: patienceMs + 1_000, bodyTimeout: patienceMs + 1_000 });
  return dispatcher === undefined ? {} : { dispatcher };
}
