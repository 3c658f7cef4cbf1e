// Owns the filling of gaps: a `limited` timeline is paged back until nothing is missing.
import type { MatrixClient } from 'matrix-bot-sdk';
import { isJoinOf, type RawEvent, type RawTimeline } from './events.ts';

/** Types of timeline events that Lector looks at: the same for syncs and for pages, so that a gap is a gap in these. */
export const TIMELINE_TYPES = [
  'm.room.message',
  'm.room.redaction',
  'm.room.member',
  'm.room.encryption',
  'm.room.tombstone',
] as const;
/** Homeservers cap a page at 100 (measured on Synapse). */
export const PAGE_LIMIT = 100;

type Page = { chunk: RawEvent[]; end?: string };
type Until =
  /** Back to the sync that the ledger knows. */
  | { kind: 'token'; since: string }
  /** Back to the bot's own join: what came before it is not the bot's business. */
  | { kind: 'join'; selfId: string }
  /** Back to a time by the homeserver's clock. */
  | { kind: 'time'; sinceMs: number };

/** The timeline's events in order, with those that the sync left out put before them. */
export async function completeTimeline(
  client: MatrixClient,
  roomId: string,
  timeline: RawTimeline,
  until: Until,
): Promise<RawEvent[]> {
  const events = [...(timeline.events ?? [])];
  let from = mayMissEvents(timeline) ? timeline.prev_batch : undefined;
  while (from !== undefined && !isReached(events, until)) {
    const page = await pageBack(client, roomId, from, until.kind === 'token' ? until.since : undefined);
    events.unshift(...page.chunk.reverse());
    from = page.chunk.length > 0 ? page.end : undefined;
  }
  return events;
}

/**
 * Synapse 1.160 says `limited: false` though events are missing when hidden ones (a redaction of an event that is not there, say)
 * took places in the timeline: measured with one such event and 150 messages. Paging a long timeline in vain costs one request.
 */
function mayMissEvents({ limited, events }: RawTimeline): boolean {
  return limited === true || (events?.length ?? 0) >= PAGE_LIMIT / 2;
}

function pageBack(client: MatrixClient, roomId: string, from: string, to: string | undefined): Promise<Page> {
  const filter = JSON.stringify({ types: TIMELINE_TYPES });
  const query = { dir: 'b', from, limit: PAGE_LIMIT, filter, ...(to !== undefined && { to }) };
  return client.doRequest('GET', `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/messages`, query);
}

function isReached(events: RawEvent[], until: Until): boolean {
  if (until.kind === 'token') return false;
  if (until.kind === 'join') return events.some((event) => isJoinOf(event, until.selfId));
  const oldest = events[0]?.origin_server_ts;
  return typeof oldest === 'number' && oldest < until.sinceMs;
}
