// Owns the HTTP side of the playground: routes, access tokens, errors, and where faults strike.
import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { type Context, Hono } from 'hono';
import type { Call, Endpoint } from './endpoint.ts';
import { badRequest, MatrixFailure } from './errors.ts';
import { type Content, isObject, type Session } from './events.ts';
import { type Fault, type Faults, faultResponse, sendFaulty } from './faults.ts';
import type { World } from './world.ts';

export type ServerDeps = {
  world: World;
  endpoints: Endpoint[];
  faults: Faults;
  /** Is told the endpoint's name at every request. */
  count: (endpoint: string) => void;
  /** Aborts when the server stops, so that nothing hangs on. */
  stopping: () => AbortSignal;
};

type HttpContext = Context<{ Bindings: HttpBindings }>;

const NOBODY: Session = { userId: '', deviceId: '', token: '' };

/** The application that `@hono/node-server` serves. */
export function createServerApp(deps: ServerDeps): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  for (const endpoint of deps.endpoints) {
    app.on(endpoint.method, endpoint.path, (context) => respond(deps, endpoint, context));
  }
  app.notFound((context) => respond(deps, UNKNOWN, context));
  return app;
}

const UNKNOWN: Endpoint = {
  name: 'unknown',
  method: 'GET',
  path: '*',
  open: true,
  handle: () => {
    throw new MatrixFailure(404, 'M_UNRECOGNIZED', 'Unrecognized request');
  },
};

async function respond(deps: ServerDeps, endpoint: Endpoint, context: HttpContext): Promise<Response> {
  const { world, faults, count } = deps;
  const { method } = context.req;
  const path = decoded(context.req.path);
  const token = tokenOf(context);
  const session = token === null ? undefined : world.accounts.session(token);
  const signal = AbortSignal.any([context.req.raw.signal, deps.stopping()]);
  count(endpoint.name);
  const call = callOf(context, session, signal);
  const fault = faults.for({ endpoint: endpoint.name, method, path, query: call.query, user: session?.userId ?? null });
  if (fault?.kind === 'status') return faultResponse(fault);
  if (fault?.kind === 'hang') {
    await ended(signal);
    return dropConnection(context);
  }
  if (fault?.kind === 'delay') await Promise.race([fault.untilPromise.catch(() => {}), ended(signal)]);
  if (fault?.kind === 'otherQuery') {
    for (const [name, value] of Object.entries(fault.query)) call.query.set(name, value);
  }
  const response = await carryOut(endpoint, call, token, session !== undefined);
  return deliver(context, response, fault);
}

async function deliver(context: HttpContext, response: Response, fault: Fault | null): Promise<Response> {
  if (fault?.kind === 'lostAnswer') return dropConnection(context);
  if (fault?.kind === 'declaredLength' || fault?.kind === 'stall' || fault?.kind === 'cut') {
    await sendFaulty(context.env.outgoing, response, fault);
    return RESPONSE_ALREADY_SENT;
  }
  return response;
}

function dropConnection({ env }: HttpContext): Response {
  env.incoming.socket.destroy();
  return RESPONSE_ALREADY_SENT;
}

async function carryOut(endpoint: Endpoint, call: Call, token: string | null, known: boolean): Promise<Response> {
  try {
    if (!endpoint.open && token === null) throw new MatrixFailure(401, 'M_MISSING_TOKEN', 'Missing access token');
    if (!endpoint.open && !known) {
      throw new MatrixFailure(401, 'M_UNKNOWN_TOKEN', 'Invalid access token passed.', { body: { soft_logout: false } });
    }
    const answer = await endpoint.handle(call);
    return answer instanceof Response ? answer : Response.json(answer);
  } catch (thrown) {
    if (!(thrown instanceof MatrixFailure)) throw thrown;
    return Response.json(thrown.body, { status: thrown.status, headers: thrown.headers });
  }
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    // A stray percent sign: the path is then what it looks like.
    return path;
  }
}

function tokenOf(context: HttpContext): string | null {
  const header = /^Bearer (.+)$/.exec(context.req.header('authorization') ?? '');
  return header?.[1] ?? context.req.query('access_token') ?? null;
}

function callOf(context: HttpContext, session: Session | undefined, signal: AbortSignal): Call {
  const { req } = context;
  const url = new URL(req.url);
  return {
    session: session ?? NOBODY,
    path: url.pathname,
    query: url.searchParams,
    headers: req.raw.headers,
    signal,
    param: (name) => req.param(name) ?? '',
    body: async () => parseBody(await req.text()),
    bytes: async () => Buffer.from(await req.arrayBuffer()),
  };
}

function parseBody(text: string): Content {
  if (text === '') return {};
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw badRequest('M_NOT_JSON', 'Content not JSON.');
  }
  if (!isObject(body)) throw badRequest('M_BAD_JSON', 'Content must be a JSON object.');
  return body;
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
