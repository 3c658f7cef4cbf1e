// Owns the playground: an embedded homeserver double with its state in memory, for the demo and for fast tests.
import { createAdaptorServer, type ServerType } from '@hono/node-server';
import { accountEndpoints } from './account.ts';
import { createRoomEndpoints } from './createRoom.ts';
import type { Endpoint } from './endpoint.ts';
import { ephemeralEndpoints } from './ephemeral.ts';
import { Faults } from './faults.ts';
import { keyEndpoints } from './keys.ts';
import { loginEndpoints } from './login.ts';
import { mediaEndpoints } from './media.ts';
import { membershipEndpoints } from './membership.ts';
import { messageEndpoints } from './messages.ts';
import { readRoomEndpoints } from './readRoom.ts';
import { relationEndpoints } from './relations.ts';
import { sendEndpoints } from './send.ts';
import type { SendLimitOptions } from './sendLimit.ts';
import { createServerApp } from './server.ts';
import { serverInfoEndpoints } from './serverInfo.ts';
import { syncEndpoints } from './sync.ts';
import { createWorld, type World } from './world.ts';

export type PlaygroundOptions = {
  /** 0, the default: any free port. */
  port?: number;
  host?: string;
  serverName?: string;
  /** Like Synapse's rc_message, a user; default: none. */
  sendLimit?: SendLimitOptions;
  /** Default 50 MB, as Synapse's. */
  maxUploadBytes?: number;
  /** Clock of the events' time stamps and of the send limit. */
  nowMs?: () => number;
};

export type Playground = {
  /** Base address, without a slash at its end; the same after `stop` and `start`. */
  url: string;
  serverName: string;
  faults: Faults;
  stats: {
    /** Requests that reached the endpoint of this name so far, faulty ones included. */
    count(endpoint: string): number;
  };
  /** Opens an account without HTTP; returns the full user id. Throws for a name that is taken or not allowed. */
  addUser(localpart: string, password: string): string;
  /** What homeservers do after a while: a transaction id that was used before makes a new event. */
  forgetTransactions(): void;
  /** Cuts all connections and stops listening; the state stays. */
  stop(): Promise<void>;
  /** Listens again on the same port. */
  start(): Promise<void>;
  /** Like `stop`, for good. */
  close(): Promise<void>;
};

const DEFAULT_UPLOAD_BYTES = 50 * 1024 * 1024;

/** Starts a homeserver double on loopback; no other service, no disk. */
export async function createPlayground(options: PlaygroundOptions = {}): Promise<Playground> {
  const { port = 0, host = '127.0.0.1', serverName = 'playground' } = options;
  const world = createWorld({
    serverName,
    maxUploadBytes: options.maxUploadBytes ?? DEFAULT_UPLOAD_BYTES,
    sendLimit: options.sendLimit,
    nowMs: options.nowMs ?? Date.now,
  });
  const faults = new Faults();
  const counts = new Map<string, number>();
  const count = (endpoint: string) => counts.set(endpoint, (counts.get(endpoint) ?? 0) + 1);
  let life = new AbortController();
  const app = createServerApp({ world, endpoints: allEndpoints(world), faults, count, stopping: () => life.signal });
  let server = await listen(app.fetch, host, port);
  const boundPort = portOf(server);

  const stop = async () => {
    life.abort();
    await shut(server);
  };
  return {
    url: `http://${host}:${boundPort}`,
    serverName,
    faults,
    stats: { count: (endpoint) => counts.get(endpoint) ?? 0 },
    addUser: (localpart, password) => world.accounts.add(localpart, password).userId,
    forgetTransactions: () => {
      for (const room of world.rooms.all()) room.forgetTransactions();
    },
    stop,
    start: async () => {
      if (server.listening) return;
      life = new AbortController();
      server = await listen(app.fetch, host, boundPort);
    },
    close: stop,
  };
}

function allEndpoints(world: World): Endpoint[] {
  return [
    ...serverInfoEndpoints(),
    ...loginEndpoints(world),
    ...accountEndpoints(world),
    ...syncEndpoints(world),
    ...createRoomEndpoints(world),
    ...membershipEndpoints(world),
    ...readRoomEndpoints(world),
    ...messageEndpoints(world),
    ...relationEndpoints(world),
    ...sendEndpoints(world),
    ...ephemeralEndpoints(world),
    ...mediaEndpoints(world),
    ...keyEndpoints(world),
  ];
}

type FetchFunction = Parameters<typeof createAdaptorServer>[0]['fetch'];

function listen(fetch: FetchFunction, host: string, port: number): Promise<ServerType> {
  // The test's and the bot's own globals stay as they are.
  const server = createAdaptorServer({ fetch, overrideGlobalObjects: false });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve(server));
  });
}

function portOf(server: ServerType): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function shut(server: ServerType): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    if ('closeAllConnections' in server) server.closeAllConnections();
  });
}
