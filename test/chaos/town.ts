// Owns the rooms and members of a chaos run: they post by plain requests, without a sync of their own to take time from the bot.
import { randomUUID } from 'node:crypto';
import type { Content, RoomEvent } from '../../src/playground/events.ts';
import { type Api, createApi, path } from '../../src/playground/memberApi.ts';

export type Townsman = {
  userId: string;
  send(roomId: string, type: string, content: Content): Promise<string>;
  redact(roomId: string, eventId: string): Promise<string>;
  /** Returns the `mxc://` address. */
  upload(bytes: Uint8Array, mime: string, name: string): Promise<string>;
  /** Every event of the room, oldest first. */
  history(roomId: string): Promise<RoomEvent[]>;
};

export type Town = { members: Townsman[]; rooms: { roomId: string; members: Townsman[] }[] };

const MEMBERS = 6;
const MEMBERS_A_ROOM = 3;

/** Opens the accounts and `roomCount` rooms, each with three members and an invite to `botId`. */
export async function buildTown(homeserverUrl: string, roomCount: number, botId: string): Promise<Town> {
  const apis = await Promise.all(Array.from({ length: MEMBERS }, (_, index) => register(homeserverUrl, `m${index}`)));
  const rooms = await Promise.all(
    Array.from({ length: roomCount }, async (_, index) => {
      const inside = Array.from({ length: MEMBERS_A_ROOM }, (_, at) => apis[(index + at) % MEMBERS] as Registered);
      const [owner, ...others] = inside as [Registered, ...Registered[]];
      const json = { preset: 'private_chat', invite: [botId, ...others.map(({ userId }) => userId)] };
      const room = await owner.api.call({ method: 'POST', path: '/_matrix/client/v3/createRoom', json });
      const roomId = String(room.room_id);
      for (const { api } of others) {
        await api.call({ method: 'POST', path: path`/_matrix/client/v3/rooms/${roomId}/join`, json: {} });
      }
      return { roomId, members: inside.map(townsman) };
    }),
  );
  return { members: apis.map(townsman), rooms };
}

type Registered = { userId: string; api: Api };

async function register(homeserverUrl: string, username: string): Promise<Registered> {
  const json = { username, password: username, auth: { type: 'm.login.dummy' } };
  const login = await createApi({ homeserverUrl }).call({
    method: 'POST',
    path: '/_matrix/client/v3/register',
    json,
  });
  return {
    userId: String(login.user_id),
    api: createApi({ homeserverUrl, accessToken: String(login.access_token) }),
  };
}

function townsman({ userId, api }: Registered): Townsman {
  const put = async (at: string, json: Content) => String((await api.call({ method: 'PUT', path: at, json })).event_id);
  return {
    userId,
    send: (roomId, type, content) =>
      put(path`/_matrix/client/v3/rooms/${roomId}/send/${type}/${randomUUID()}`, content),
    redact: (roomId, eventId) => put(path`/_matrix/client/v3/rooms/${roomId}/redact/${eventId}/${randomUUID()}`, {}),
    async upload(data, contentType, name) {
      const bytes = { data, contentType };
      const at = path`/_matrix/media/v3/upload?filename=${name}`;
      return String((await api.call({ method: 'POST', path: at, bytes })).content_uri);
    },
    async history(roomId) {
      const events: RoomEvent[] = [];
      for (let from = ''; ; ) {
        const at = path`/_matrix/client/v3/rooms/${roomId}/messages?dir=f&limit=1000&from=${from || 's0'}`;
        const page = await api.call({ method: 'GET', path: at });
        const chunk = page.chunk as RoomEvent[];
        events.push(...chunk);
        if (chunk.length === 0 || typeof page.end !== 'string') return events;
        from = page.end;
      }
    },
  };
}
