// Owns bringing the words of a refusal to where the SDK looks for them: it reads `error` alone and loses all else.

/** A fetch whose refusals in JSON have their words in `error.message`, whatever their server's way. */
export function withReadableErrors(inner: typeof fetch): typeof fetch {
  return async (input, init) => {
    const response = await inner(input, init);
    if (response.ok || response.body === null) return response;
    const { status, statusText, headers } = response;
    return new Response(readableError(await response.text()), { status, statusText, headers });
  };
}

/**
 * LM Studio: `{"error":"…"}`; vLLM before 0.11 and Mistral: `{"object":"error","message":"…"}`; servers made with FastAPI:
 * `{"detail":…}`. What is no JSON object, or has its words in place, stays as it is.
 */
export function readableError(text: string): string {
  const body = parseObject(text);
  if (body === null) return text;
  if (typeof body.error === 'string') return JSON.stringify({ error: { message: body.error } });
  if (body.error !== undefined) return text;
  const { message = body.detail ?? body, type, code } = body;
  const said = typeof message === 'string' ? message : JSON.stringify(message);
  return JSON.stringify({ error: { message: said, type, code } });
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    // Proxies answer in HTML or plain words.
    return null;
  }
}
