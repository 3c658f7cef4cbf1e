// Owns the failures that the playground answers with, in the JSON shape of the Matrix specification.

/**
 * A failure as it goes over the wire. Not an AppError: it is an HTTP answer to a client, which turns it into one.
 * https://spec.matrix.org/v1.11/client-server-api/#standard-error-response
 */
export class MatrixFailure extends Error {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: Record<string, string>;

  constructor(
    status: number,
    errcode: string,
    message: string,
    extra: { body?: Record<string, unknown>; headers?: Record<string, string> } = {},
  ) {
    super(message);
    this.name = 'MatrixFailure';
    this.status = status;
    this.body = { errcode, error: message, ...extra.body };
    this.headers = extra.headers ?? {};
  }
}

export const badRequest = (errcode: string, message: string) => new MatrixFailure(400, errcode, message);
export const forbidden = (message: string) => new MatrixFailure(403, 'M_FORBIDDEN', message);
export const notFound = (message: string) => new MatrixFailure(404, 'M_NOT_FOUND', message);
export const tooLarge = (message: string) => new MatrixFailure(413, 'M_TOO_LARGE', message);

/** 429 as Synapse sends it: the wait in milliseconds in the body, in whole seconds rounded up in the header. */
export function limitExceeded(retryAfterMs: number): MatrixFailure {
  return new MatrixFailure(429, 'M_LIMIT_EXCEEDED', 'Too Many Requests', {
    body: { retry_after_ms: retryAfterMs },
    headers: { 'Retry-After': String(Math.ceil(retryAfterMs / 1000)) },
  });
}
