// Owns what an endpoint is: a named route and the function that answers it.
import type { Content, Session } from './events.ts';

/** One request, as its endpoint sees it. */
export type Call = {
  session: Session;
  /** The request's path, still percent-encoded. */
  path: string;
  query: URLSearchParams;
  headers: Headers;
  /** Aborts when the client goes away or the homeserver stops. */
  signal: AbortSignal;
  /** A named part of the path, decoded. */
  param(name: string): string;
  /** The body as a JSON object, `{}` when it is empty; throws 400 M_NOT_JSON or M_BAD_JSON. */
  body(): Promise<Content>;
  bytes(): Promise<Buffer>;
};

export type Endpoint = {
  /** The name in `stats` and `faults`. */
  name: string;
  method: 'GET' | 'POST' | 'PUT';
  path: string;
  /** Answers without an access token; `session` is then empty. */
  open?: true;
  /** An object is answered as JSON with 200; failures are thrown as MatrixFailure. */
  handle(call: Call): Content | Response | Promise<Content | Response>;
};

/** A whole number of the query between 0 and `max`, or `fallback` when it is missing or none. */
export function numberIn(query: URLSearchParams, name: string, fallback: number, max: number): number {
  const value = Number(query.get(name) ?? Number.NaN);
  return Number.isInteger(value) && value >= 0 ? Math.min(value, max) : fallback;
}
