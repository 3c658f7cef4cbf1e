// Owns the member's sync loop: nothing is missed, neither in a limited timeline nor while the homeserver is away.
import { AppError, toAppError } from '../domain/errors.ts';
import { type Content, isObject, type RoomEvent } from './events.ts';
import { type Api, path, pause } from './memberApi.ts';
import type { MemberRooms } from './memberRooms.ts';

const LONG_POLL_MS = 20_000;
const AWAY_WAIT_MS = 200;
const TIMELINE_LIMIT = 50;
const FILTER = JSON.stringify({ room: { timeline: { limit: TIMELINE_LIMIT } }, presence: { not_types: ['*'] } });
/**
 * A timeline this long is paged back though it says that it is whole: in Synapse 1.160 each redaction of an event that
 * is not there makes a full timeline one event shorter, and `limited` false.
 */
const SUSPICIOUS_LENGTH = TIMELINE_LIMIT / 2;

export type SyncLoop = {
  /** Ids of the rooms that the member is invited to now. */
  invites(): string[];
  /** Ends the long poll at once. */
  stop(): Promise<void>;
};

/** Syncs once, then goes on in the background until `stop`. */
export async function startSync(api: Api, rooms: MemberRooms): Promise<SyncLoop> {
  const ending = new AbortController();
  const invites = new Set<string>();
  let since = await syncOnce(api, rooms, invites, null, ending.signal);
  const loop = async () => {
    while (!ending.signal.aborted) {
      try {
        since = await syncOnce(api, rooms, invites, since, ending.signal);
      } catch (thrown) {
        if (ending.signal.aborted) return;
        const error = toAppError(thrown, 'internal');
        if (error.code !== 'homeserver_unavailable') return rooms.failWaiting(error);
        await pause(AWAY_WAIT_MS, ending.signal).catch(() => {});
      }
    }
  };
  const running = loop();
  return {
    invites: () => [...invites],
    stop: async () => {
      ending.abort();
      rooms.failWaiting(new AppError('internal', 'the member was closed'));
      await running;
    },
  };
}

/** One sync, taken in whole; returns the token to go on from. */
async function syncOnce(
  api: Api,
  rooms: MemberRooms,
  invites: Set<string>,
  since: string | null,
  signal: AbortSignal,
): Promise<string> {
  const query = new URLSearchParams({ filter: FILTER, timeout: String(since === null ? 0 : LONG_POLL_MS) });
  if (since !== null) query.set('since', since);
  const answer = await api.call({ method: 'GET', path: `/_matrix/client/v3/sync?${query}`, signal });
  const sections = isObject(answer.rooms) ? answer.rooms : {};
  for (const [roomId, room] of [...entries(sections.join), ...entries(sections.leave)]) {
    invites.delete(roomId);
    await takeIn(api, rooms, roomId, room, since, signal);
  }
  for (const [roomId] of entries(sections.invite)) invites.add(roomId);
  return String(answer.next_batch);
}

const entries = (section: unknown): [string, Content][] =>
  isObject(section) ? Object.entries(section).filter((entry): entry is [string, Content] => isObject(entry[1])) : [];

async function takeIn(
  api: Api,
  rooms: MemberRooms,
  roomId: string,
  room: Content,
  since: string | null,
  signal: AbortSignal,
): Promise<void> {
  const timeline = isObject(room.timeline) ? room.timeline : {};
  const events: RoomEvent[] = Array.isArray(timeline.events) ? timeline.events : [];
  if (timeline.limited === true || events.length >= SUSPICIOUS_LENGTH) {
    const isKnown = rooms.timeline(roomId).length > 0;
    const missed = await pageBack(api, roomId, String(timeline.prev_batch), isKnown ? since : null, signal);
    rooms.add(roomId, missed);
  }
  rooms.add(roomId, events);
}

/** The events between `to` (null: the room's beginning) and `from`, oldest first. */
async function pageBack(
  api: Api,
  roomId: string,
  from: string,
  to: string | null,
  signal: AbortSignal,
): Promise<RoomEvent[]> {
  const pages: RoomEvent[] = [];
  let next: unknown = from;
  while (typeof next === 'string') {
    const query = new URLSearchParams({ dir: 'b', from: next, limit: '100' });
    if (to !== null) query.set('to', to);
    const roomPath = path`/_matrix/client/v3/rooms/${roomId}/messages`;
    const page = await api.call({ method: 'GET', path: `${roomPath}?${query}`, signal });
    const chunk: RoomEvent[] = Array.isArray(page.chunk) ? page.chunk : [];
    pages.push(...chunk);
    next = chunk.length > 0 ? page.end : undefined;
  }
  return pages.reverse();
}
