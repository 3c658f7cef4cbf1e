// Owns the HTTP server: /health, /ready and /metrics, and nothing else.
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer, type HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { toAppError } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import { createAdmission, OPEN_PATHS } from './admission.ts';
import type { Health, Readiness } from './health.ts';

export type HttpDeps = {
  host: string;
  port: number;
  /** Null: nothing is open but to this machine. */
  token: string | null;
  health(): Health;
  ready(): Readiness;
  /** In Prometheus' text format. */
  metrics(): Promise<string>;
  log: Log;
};

/** `port` null: it could not be had. */
export type HttpServer = { port: number | null; close(): Promise<void> };

type App = Hono<{ Bindings: HttpBindings }>;
type Asking = Context<{ Bindings: HttpBindings }>;

const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Nothing is posted here: a request is one packet, and a client that takes longer holds a connection for no good. */
const SERVER_OPTIONS = {
  headersTimeout: 3_000,
  requestTimeout: 10_000,
  /** How often Node looks at the two above; its own 30 s would make them that long. */
  connectionsCheckingInterval: 1_000,
  keepAliveTimeout: 5_000,
  maxHeaderSize: 8_192,
};
const IDLE_SOCKET_MS = 10_000;
const MAX_CONNECTIONS = 64;

/** Listens on `host` and `port` (0: any that is free). A port that cannot be had is warned of, and the bot goes on without. */
export async function startHttp(deps: HttpDeps): Promise<HttpServer> {
  const { host, port, log } = deps;
  const server = createAdaptorServer({
    fetch: createRoutes(deps).fetch,
    serverOptions: SERVER_OPTIONS,
    // Of HTTP/1.0, which need not name one.
    hostname: 'localhost',
    // The whole process would get the adaptor's Request and Response, clients of models included.
    overrideGlobalObjects: false,
  }) as Server;
  server.setTimeout(IDLE_SOCKET_MS);
  server.maxConnections = MAX_CONNECTIONS;
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (thrown) {
    const reason = toAppError(thrown).message;
    log.warn({ host, port, reason }, 'HTTP_PORT cannot be used: there is no /health, /ready and /metrics');
    return { port: null, close: async () => undefined };
  }
  server.on('error', (error) => log.warn({ err: error }, 'the HTTP server has an error'));
  const { port: taken } = server.address() as AddressInfo;
  log.info({ host, port: taken }, 'health and metrics are told over HTTP');
  return { port: taken, close: () => close(server) };
}

/** Answers under way are cut off, too: there is nothing that a client could not ask again. */
async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

function createRoutes(deps: HttpDeps): App {
  const { host, token, log } = deps;
  const isAdmitted = createAdmission(host, token);
  const app: App = new Hono();

  app.use(async (asking, next) => {
    asking.header('Cache-Control', 'no-store');
    asking.header('X-Content-Type-Options', 'nosniff');
    const { remoteAddress } = asking.env.incoming.socket;
    if (isAdmitted({ path: asking.req.path, remoteAddress, authorization: asking.req.header('authorization') })) {
      return await next();
    }
    asking.header('WWW-Authenticate', 'Bearer realm="lector"');
    return asking.json({ error: 'this needs the header “Authorization: Bearer” with HTTP_TOKEN' }, 401);
  });
  app.get('/health', (asking) => tellHealth(asking, deps));
  app.get('/ready', (asking) => {
    const { ready, reasons } = deps.ready();
    return asking.json({ ready, reasons }, ready ? 200 : 503);
  });
  app.get('/metrics', async (asking) => asking.body(await deps.metrics(), 200, { 'Content-Type': METRICS_TYPE }));
  for (const path of OPEN_PATHS) {
    app.all(path, (asking) => {
      asking.header('Allow', 'GET, HEAD');
      return asking.json({ error: 'only GET and HEAD are answered here' }, 405);
    });
  }
  app.notFound((asking) => asking.json({ error: `there is nothing here but ${OPEN_PATHS.join(', ')}` }, 404));
  app.onError((error, asking) => {
    log.warn({ err: error, path: asking.req.path }, 'a request for health or metrics failed');
    return asking.json({ error: 'this could not be told; the log says why' }, 500);
  });
  return app;
}

/** A bot that cannot even tell how it is (its database is gone, say) is down. */
function tellHealth(asking: Asking, { health, log }: HttpDeps): Response {
  try {
    const told = health();
    return asking.json(told, told.status === 'down' ? 503 : 200);
  } catch (error) {
    log.warn({ err: error }, 'health cannot be told');
    return asking.json({ status: 'down', reasons: ['the bot cannot tell how it is; the log says why'] }, 503);
  }
}
