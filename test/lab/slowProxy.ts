// Owns a proxy that makes a real server slow or faulty, and counts how many calls stand before it at the same time.
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * What becomes of a request after the wait. `hang`: no answer ever; `disconnect`: the connection breaks off; `429`: with
 * Retry-After 1 s; `500`: with an HTML page, as reverse proxies send it.
 */
export type ProxyMode = 'pass' | 'hang' | 'disconnect' | '429' | '500';

export type SlowProxy = {
  /** Takes the place of `targetUrl`, path included. */
  url: string;
  /** Requests so far, GET left out: listing models or syncing is no work for the server behind. */
  calls(): number;
  /** The most of these calls that were open at the same time, waiting included. */
  maxConcurrent(): number;
  /** Resolves when the nth call (from 1) has come in; before its wait begins. */
  received(n: number): Promise<void>;
  /** For requests that come from now on. */
  setDelayMs(delayMs: number): void;
  /** For requests whose wait ends from now on. */
  setMode(mode: ProxyMode): void;
  /** Ends every connection, answered or not. */
  close(): Promise<void>;
};

/** A proxy on a free port of 127.0.0.1 that waits `delayMs` before it passes a request on to `targetUrl` (http). */
export async function createSlowProxy(options: { targetUrl: string; delayMs: number }): Promise<SlowProxy> {
  const target = new URL(options.targetUrl);
  let { delayMs } = options;
  let mode: ProxyMode = 'pass';
  const calls = countCalls();

  const server = createServer(async (incoming, outgoing) => {
    if (incoming.method !== 'GET') calls.open(outgoing);
    const body = await receive(incoming, outgoing, delayMs);
    if (body) answer(mode, { target, incoming, body, outgoing });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}${target.pathname.replace(/\/$/, '')}`,
    calls: calls.total,
    maxConcurrent: calls.maxConcurrent,
    received: calls.received,
    setDelayMs(next) {
      delayMs = next;
    },
    setMode(next) {
      mode = next;
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** The body, once it has come in and the wait is over; null when the client left before. */
async function receive(incoming: IncomingMessage, outgoing: ServerResponse, delayMs: number): Promise<Buffer | null> {
  const left = new AbortController();
  outgoing.once('close', () => left.abort());
  try {
    const body = await buffer(incoming);
    await delay(delayMs, undefined, { signal: left.signal });
    return body;
  } catch {
    // Neither fails for another reason, and there is nobody left to tell.
    return null;
  }
}

type Exchange = { target: URL; incoming: IncomingMessage; body: Buffer; outgoing: ServerResponse };

function answer(mode: ProxyMode, exchange: Exchange): void {
  const { outgoing } = exchange;
  switch (mode) {
    case 'pass':
      forward(exchange);
      break;
    case 'hang':
      break;
    case 'disconnect':
      outgoing.destroy();
      break;
    case '429':
      outgoing.writeHead(429, { 'retry-after': '1', 'content-type': 'application/json' });
      outgoing.end('{"error":{"message":"too many requests","type":"rate_limit_error"}}');
      break;
    case '500':
      outgoing.writeHead(500, { 'content-type': 'text/html' }).end('<h1>Internal Server Error</h1>');
      break;
  }
}

function forward({ target, incoming, body, outgoing }: Exchange): void {
  const url = new URL(incoming.url ?? '/', target.origin);
  const headers = { ...incoming.headers, host: target.host };
  const upstream = request(url, { method: incoming.method, headers, agent: false });
  upstream.on('response', (response) => {
    outgoing.writeHead(response.statusCode ?? 502, response.headers);
    response.on('error', () => outgoing.destroy()).pipe(outgoing);
  });
  // A server that is away looks to the client like the proxy breaking off.
  upstream.on('error', () => outgoing.destroy());
  outgoing.on('close', () => upstream.destroy());
  upstream.end(body);
}

function countCalls() {
  let total = 0;
  let open = 0;
  let most = 0;
  const waiting: { n: number; resolve: () => void }[] = [];
  return {
    total: () => total,
    maxConcurrent: () => most,
    open(outgoing: ServerResponse): void {
      total++;
      most = Math.max(most, ++open);
      outgoing.once('close', () => open--);
      for (const one of waiting) if (one.n === total) one.resolve();
    },
    received(n: number): Promise<void> {
      return n <= total ? Promise.resolve() : new Promise((resolve) => waiting.push({ n, resolve }));
    },
  };
}
