// Owns the filling of gaps: a `limited` timeline is paged back until nothing is missing.
import type { MatrixClient } from 'matrix-bot-sdk';
import { toAppError } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import { fieldsOf, isJoinOf, type RawEvent, type Timeline, textOf } from './events.ts';
import { refusalOf } from './http.ts';
import { eventsOf } from './shapes.ts';

/** Types of timeline events that Lector looks at: the same for syncs and for pages, so that a gap is a gap in these. */
export const TIMELINE_TYPES = [
  'm.room.message',
  'm.reaction',
  'm.room.redaction',
  'm.room.member',
  'm.room.encryption',
  'm.room.tombstone',
] as const;
/** Homeservers cap a page at 100 (measured on Synapse). */
export const PAGE_LIMIT = 100;

type Page = { chunk: RawEvent[]; end: string | undefined };
type Until =
  /** Back to the sync that the ledger knows. */
  | { kind: 'token'; since: string }
  /** Back to the bot's own join: what came before it is not the bot's business. */
  | { kind: 'join'; selfId: string }
  /** Back to a time by the homeserver's clock. */
  | { kind: 'time'; sinceMs: number };

/** Far beyond any real gap. */
const MAX_PAGES = 1_000;

/**
 * The timeline's events in order, with those that the sync left out put before them. What the homeserver refuses to show (the bot
 * was removed meanwhile, say) stays out: no other room may wait for it. Throws what an outage throws; then the sync comes again.
 */
export async function completeTimeline(
  client: MatrixClient,
  roomId: string,
  timeline: Timeline,
  until: Until,
  log: Log,
): Promise<RawEvent[]> {
  const events = [...timeline.events];
  const seen = new Set<string>();
  let from = mayMissEvents(timeline) ? timeline.prevBatch : undefined;
  while (from !== undefined && !seen.has(from) && !isReached(events, until) && seen.size < MAX_PAGES) {
    seen.add(from);
    const page = await pageUnlessRefused(client, roomId, from, until, log);
    events.unshift(...page.chunk.reverse());
    from = page.end;
  }
  return events;
}

async function pageUnlessRefused(
  client: MatrixClient,
  roomId: string,
  from: string,
  until: Until,
  log: Log,
): Promise<Page> {
  try {
    return await pageBack(client, roomId, from, until.kind === 'token' ? until.since : undefined);
  } catch (error) {
    if (refusalOf(error) === null) throw error;
    log.warn(
      { room: roomId, reason: toAppError(error).message },
      'a gap in a room cannot be filled: the homeserver refuses',
    );
    return { chunk: [], end: undefined };
  }
}

/**
 * Synapse 1.160 says `limited: false` though events are missing when hidden ones (a redaction of an event that is not there, say)
 * took places in the timeline: measured with one such event and 150 messages. Paging a long timeline in vain costs one request.
 */
function mayMissEvents({ isLimited, events }: Timeline): boolean {
  return isLimited || events.length >= PAGE_LIMIT / 2;
}

async function pageBack(client: MatrixClient, roomId: string, from: string, to: string | undefined): Promise<Page> {
  const filter = JSON.stringify({ types: TIMELINE_TYPES });
  const query = { dir: 'b', from, limit: PAGE_LIMIT, filter, ...(to !== undefined && { to }) };
  const path = `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/messages`;
  const { chunk, end } = fieldsOf(await client.doRequest('GET', path, query));
  return { chunk: eventsOf(chunk, 'a look at the history'), end: textOf(end) };
}

function isReached(events: RawEvent[], until: Until): boolean {
  if (until.kind === 'token') return false;
  if (until.kind === 'join') return events.some((event) => isJoinOf(event, until.selfId));
  const oldest = events[0]?.origin_server_ts;
  return typeof oldest === 'number' && oldest < until.sinceMs;
}
