// Owns the lists of what Lector itself has said in a room, as the homeserver tells them: page by page, bounded, without end in no case.
import type { MatrixClient } from 'matrix-bot-sdk';
import { fieldsOf, numberOf, type RawEvent, textOf } from './events.ts';
import { PAGE_LIMIT } from './gap.ts';
import { refusalOf } from './http.ts';
import { eventIdOf } from './ids.ts';
import { eventsOf } from './shapes.ts';

/** One account in one room. */
export type OwnPlace = { client: MatrixClient; selfId: string; roomId: string };

export type OwnEvent = {
  eventId: string;
  type: string;
  content: Readonly<Record<string, unknown>>;
  relation: Readonly<Record<string, unknown>>;
  /** By the homeserver's clock. */
  sentAtMs: number;
  /** Told to the device that sent it only; Synapse 1.160 tells it for ever, also of redacted events and after a new login of the device. */
  transactionId: string | undefined;
  isRedacted: boolean;
};

/** A thousand events of Lector's own in one room: further back nobody looks for an answer. */
const MAX_PAGES = 10;
const TYPES = ['m.room.message', 'm.reaction'];

type Page = { events: RawEvent[]; next: string | undefined };

/**
 * Lector's own events that point at the event, newest first, redacted ones left out (client-server API, "relationships API"). Synapse
 * 1.160 goes on listing them when the event itself is redacted, but for its edits.
 */
export function ownRelations(place: OwnPlace, eventId: string, type?: 'm.replace'): AsyncGenerator<OwnEvent> {
  const rooms = `/_matrix/client/v1/rooms/${encodeURIComponent(place.roomId)}`;
  const path = `${rooms}/relations/${encodeURIComponent(eventId)}${type ? `/${type}` : ''}`;
  return paged(place, async (from) => {
    const { chunk, next_batch: next } = await get(place, path, { limit: PAGE_LIMIT, from });
    return { events: eventsOf(chunk, 'a look at what is said of an event'), next: textOf(next) };
  });
}

/** Lector's own messages and reactions, redacted ones too: from the newest back, or from a place on. */
export function ownMessages(place: OwnPlace, way: 'back' | { from: string }): AsyncGenerator<OwnEvent> {
  const filter = JSON.stringify({ types: TYPES, senders: [place.selfId] });
  const start = way === 'back' ? { dir: 'b' } : { dir: 'f', from: way.from };
  return paged(place, async (from) => {
    const query = { limit: PAGE_LIMIT, filter, ...start, ...(from !== undefined && { from }) };
    const { chunk, end } = await get(place, `${pathOf(place)}/messages`, query);
    return { events: eventsOf(chunk, 'a look at the history'), next: textOf(end) };
  });
}

/** The place right after an event, from which `ownMessages` can go on; null: the homeserver does not show the event. */
export async function placeAfter(place: OwnPlace, eventId: string): Promise<string | null> {
  try {
    const { end } = await get(place, `${pathOf(place)}/context/${encodeURIComponent(eventId)}`, { limit: 0 });
    return textOf(end) ?? null;
  } catch (error) {
    if (isHidden(error)) return null;
    throw error;
  }
}

/** Whether the homeserver refuses to show it: it is not there, or not for us. A login that was ended is something else. */
export function isHidden(error: unknown): boolean {
  const refusal = refusalOf(error);
  return refusal !== null && refusal.status !== 401;
}

const pathOf = ({ roomId }: OwnPlace) => `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}`;

async function get({ client }: OwnPlace, path: string, query: object): Promise<Readonly<Record<string, unknown>>> {
  return fieldsOf(await client.doRequest('GET', path, query));
}

async function* paged(
  { selfId }: OwnPlace,
  fetchPage: (from: string | undefined) => Promise<Page>,
): AsyncGenerator<OwnEvent> {
  const seen = new Set<string | undefined>();
  let from: string | undefined;
  for (let pages = 0; pages < MAX_PAGES && !seen.has(from); pages += 1) {
    seen.add(from);
    const { events, next } = await fetchPage(from);
    for (const event of events) {
      const own = event.sender === selfId ? readOwn(event) : null;
      if (own) yield own;
    }
    if (next === undefined) return;
    from = next;
  }
}

function readOwn(event: RawEvent): OwnEvent | null {
  const eventId = eventIdOf(event.event_id);
  const type = textOf(event.type);
  if (eventId === undefined || type === undefined) return null;
  const content = fieldsOf(event.content);
  const unsigned = fieldsOf(event.unsigned);
  return {
    eventId,
    type,
    content,
    relation: fieldsOf(content['m.relates_to']),
    sentAtMs: numberOf(event.origin_server_ts, Number.MAX_SAFE_INTEGER) ?? 0,
    transactionId: textOf(unsigned.transaction_id),
    isRedacted: unsigned.redacted_because !== undefined || Object.keys(content).length === 0,
  };
}

/** The event that an own event is about: in a thread that which it answers, else that which it points at. */
export function subjectOf({ relation }: Pick<OwnEvent, 'relation'>): string | undefined {
  const isReply = relation.rel_type === undefined || relation.rel_type === 'm.thread';
  return eventIdOf(isReply ? fieldsOf(relation['m.in_reply_to']).event_id : relation.event_id);
}
