// Owns what can be asked of a homeserver without changing anything: is it one, does the login work, what may the bot do.
import type { MatrixClient } from 'matrix-bot-sdk';
import type { MatrixConfig } from '../../config/env.ts';
import { createClient } from './client.ts';
import { fieldsOf } from './events.ts';
import { refusalOf } from './http.ts';
import { roomIdOf } from './ids.ts';
import { isValid, type Login, login, readSession } from './session.ts';

export type Checkup = {
  /** Versions of the client-server API that it speaks. Throws `homeserver_unavailable`. */
  versions(): Promise<string[]>;
  /** The user that the login gives; a session made for this is ended by `close`. Throws `login_failed`. */
  whoami(): Promise<{ userId: string; isKept: boolean }>;
  /** Rooms the bot is in, with what it may not do there. */
  rooms(): Promise<{ roomId: string; cannot: string[]; isEncrypted: boolean }[]>;
  /** Bytes that an upload may have, as the homeserver tells. */
  maxUploadBytes(): Promise<number | null>;
  close(): Promise<void>;
};

/** A look at the homeserver of `config`, with the kept login if there is a valid one. */
export function createCheckup(config: MatrixConfig, sessionPath: string): Checkup {
  let session: Login | null = null;
  let isKept = false;
  const client = () => createClient(config.homeserverUrl, session?.accessToken ?? '');

  return {
    async versions() {
      const answer = await client().doRequest('GET', '/_matrix/client/versions', null, null, 10_000);
      return textsOf(fieldsOf(answer).versions);
    },
    async whoami() {
      const kept = readSession(config, sessionPath);
      session = kept && (await isValid(kept)) ? kept : null;
      isKept = session !== null;
      session ??= await login(config, undefined);
      return { userId: session.userId, isKept };
    },
    async rooms() {
      const userId = session?.userId ?? '';
      const answer = fieldsOf(await client().doRequest('GET', '/_matrix/client/v3/joined_rooms'));
      const roomIds = textsOf(answer.joined_rooms).filter((roomId) => roomIdOf(roomId));
      return Promise.all(roomIds.map((roomId) => lookAtRoom(client(), roomId, userId)));
    },
    async maxUploadBytes() {
      const answer = fieldsOf(await client().doRequest('GET', '/_matrix/client/v1/media/config'));
      const size = answer['m.upload.size'];
      return typeof size === 'number' ? size : null;
    },
    async close() {
      if (session && !isKept && config.login.kind === 'password') {
        await client().doRequest('POST', '/_matrix/client/v3/logout', null, {});
      }
    },
  };
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

async function lookAtRoom(client: MatrixClient, roomId: string, userId: string) {
  const base = `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/state`;
  const levels = fieldsOf(await stateOrNothing(client, `${base}/m.room.power_levels`));
  const isEncrypted = (await stateOrNothing(client, `${base}/m.room.encryption`)) !== null;
  return { roomId, cannot: forbidden(levels, userId), isEncrypted };
}

/** What the bot sends, of which the room's power levels forbid it (client-server API, m.room.power_levels and its defaults). */
export function forbidden(levels: Readonly<Record<string, unknown>>, userId: string): string[] {
  const number = (value: unknown, fallback: number) => (typeof value === 'number' ? value : fallback);
  const own = number(fieldsOf(levels.users)[userId], number(levels.users_default, 0));
  const events = fieldsOf(levels.events);
  const sends = { 'm.room.message': 'messages', 'm.reaction': 'reactions' };
  return Object.entries(sends)
    .filter(([type]) => own < number(events[type], number(levels.events_default, 0)))
    .map(([, what]) => what);
}

async function stateOrNothing(client: MatrixClient, path: string): Promise<unknown> {
  try {
    return await client.doRequest('GET', path);
  } catch (error) {
    if (refusalOf(error)?.status === 404) return null;
    throw error;
  }
}
