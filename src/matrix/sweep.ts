// Owns the sweep: whatever Lector has said about an event is redacted, down to the edits that clients show to nobody.
import { type Reply, type ReplyBody, transactionId } from '../domain/reply.ts';
import { refusalOf } from './http.ts';
import {
  isHidden,
  type OwnEvent,
  type OwnPlace,
  ownMessages,
  ownRelations,
  placeAfter,
  subjectOf,
} from './ownHistory.ts';

/** Nobody asks for more tries of one file. */
const MAX_TAKEN_BACK = 20;

type Redact = (eventId: string, transactionId: string) => Promise<unknown>;

/**
 * Redacts every own event about `relatedEventId` (or the one of them that was sent as `onlyTransactionId`), and the edits of those; what cannot be redacted for good is passed over. Repeating
 * it is harmless, and goes on where an outage cut it off. Throws what an outage or a 429 throws.
 */
export async function sweep(
  place: OwnPlace,
  reply: Reply,
  { relatedEventId, exceptIds = [], onlyTransactionId }: Extract<ReplyBody, { kind: 'sweep' }>,
  redact: Redact,
): Promise<void> {
  const all = await listAbout(place, relatedEventId);
  const about = onlyTransactionId === undefined ? all : withEdits(all, onlyTransactionId);
  // Edits first: homeservers list them only as long as what they edit stands.
  const isEdit = ({ relation }: OwnEvent) => relation.rel_type === 'm.replace';
  const open = about.filter(({ eventId }) => !exceptIds.includes(eventId));
  const inOrder = [...open.filter(isEdit), ...open.filter((event) => !isEdit(event))];
  for (const { eventId } of inOrder) {
    const id = transactionId({
      sourceEventId: `${transactionId(reply)} ${eventId}`,
      part: 'retracted',
      body: reply.body,
    });
    try {
      await redact(eventId, id);
    } catch (error) {
      const status = refusalOf(error)?.status;
      if (status !== 403 && status !== 404) throw error;
    }
  }
}

function withEdits(all: readonly OwnEvent[], transactionId: string): OwnEvent[] {
  const sent = all.filter((event) => event.transactionId === transactionId);
  const ids = new Set(sent.map(({ eventId }) => eventId));
  return [...sent, ...all.filter((event) => ids.has(subjectOf(event) ?? ''))];
}

async function listAbout(place: OwnPlace, eventId: string): Promise<OwnEvent[]> {
  const found = new Map<string, OwnEvent>();
  for (const event of await listed(ownRelations(place, eventId))) {
    if (subjectOf(event) !== eventId) continue;
    found.set(event.eventId, event);
    if (event.type !== 'm.room.message') continue;
    for (const edit of await listed(ownRelations(place, event.eventId, 'm.replace'))) found.set(edit.eventId, edit);
  }
  for (const event of await listAfter(place, eventId)) found.set(event.eventId, event);
  return [...found.values()].filter(({ isRedacted }) => !isRedacted);
}

/**
 * What relations do not tell: answers in the thread of another event, and edits of a notice that has been redacted since (measured on
 * Synapse 1.160: they stay in the room with all that they say). The notice is known by its transaction id.
 */
async function listAfter(place: OwnPlace, eventId: string): Promise<OwnEvent[]> {
  const from = await placeAfter(place, eventId);
  if (from === null) return [];
  const notices = noticeIds(eventId);
  const known = new Set([eventId]);
  const about: OwnEvent[] = [];
  for (const event of await listed(ownMessages(place, { from }))) {
    const isAbout = known.has(subjectOf(event) ?? '');
    if (isAbout) about.push(event);
    if (isAbout || notices.has(event.transactionId)) known.add(event.eventId);
  }
  return about;
}

/** The transaction ids that the notices of an upload can have had. */
function noticeIds(sourceEventId: string): ReadonlySet<string | undefined> {
  const body = { kind: 'message' as const, content: {} };
  const times = Array.from({ length: MAX_TAKEN_BACK + 1 }, (_, takenBack) => takenBack);
  return new Set(times.map((takenBack) => transactionId({ sourceEventId, part: 'status', body, takenBack })));
}

/** All of them; none where the homeserver does not show them. */
async function listed(events: AsyncIterable<OwnEvent>): Promise<OwnEvent[]> {
  try {
    const all: OwnEvent[] = [];
    for await (const event of events) all.push(event);
    return all;
  } catch (error) {
    if (isHidden(error)) return [];
    throw error;
  }
}
