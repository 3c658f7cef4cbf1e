// Owns the search for what Lector has said already: before a reply is sent that the homeserver may have got long ago, and after a restore.
import { isDeepStrictEqual } from 'node:util';
import type { MatrixClient } from 'matrix-bot-sdk';
import type { Upload } from '../domain/media.ts';
import { type Reply, transactionId } from '../domain/reply.ts';
import { fieldsOf, textOf } from './events.ts';
import { withSignal } from './http.ts';
import { eventIdOf } from './ids.ts';
import { isHidden, type OwnEvent, type OwnPlace, ownMessages, ownRelations, subjectOf } from './ownHistory.ts';

export type OwnEvents = {
  /**
   * The event of ours that is this reply: it has its transaction id, or its very content. Null: there is none that stands, or the room
   * is not ours to look into. A redaction or a sweep may be sent again and is never found. Throws what an outage or a 429 throws.
   */
  findSent(reply: Reply): Promise<string | null>;
  /**
   * The message that answers the upload, else the mark that ends it (pictures answered in another's message, pictures without a word);
   * null: it has no answer that stands. An answer that took the place of a status notice has the notice's id. Throws like `findSent`.
   */
  answerTo(upload: Pick<Upload, 'eventId' | 'roomId' | 'threadRootId'>): Promise<string | null>;
};

/** The clocks of bot and homeserver may differ by so much, and a reply is still looked for. */
const CLOCK_SLACK_MS = 2 * 3_600_000;
/** How the notice of work in hand begins. */
const STATUS = '⏳';
/** Reactions that end an upload. */
const END_MARKS = ['✅', '➖', '❌'];

/** Searches for one account; all of them end when `signal` aborts. */
export function createOwnEvents(client: MatrixClient, selfId: string, signal: AbortSignal): OwnEvents {
  const within = <T>(roomId: string, work: (place: OwnPlace) => Promise<T>): Promise<T> =>
    withSignal(signal, () => work({ client, selfId, roomId }));
  return {
    findSent: (reply) => within(reply.roomId, (place) => findSent(place, reply)),
    answerTo: (upload) => within(upload.roomId, (place) => findAnswer(place, upload)),
  };
}

async function findSent(place: OwnPlace, reply: Reply): Promise<string | null> {
  if (!('content' in reply.body)) return null;
  const id = transactionId(reply);
  const content = JSON.parse(JSON.stringify(reply.body.content));
  const isIt = (event: OwnEvent) => event.transactionId === id || isDeepStrictEqual(event.content, content);
  const sinceMs = (reply.savedAtMs ?? 0) - CLOCK_SLACK_MS;
  const target = eventIdOf(fieldsOf(content['m.relates_to']).event_id);
  const related = target ? await find(ownRelations(place, target), sinceMs, isIt) : 'hidden';
  if (related !== 'hidden') return related?.eventId ?? null;
  const said = await find(ownMessages(place, 'back'), sinceMs, isIt);
  return said === 'hidden' ? null : (said?.eventId ?? null);
}

/** The first that fits, not redacted and not older than `sinceMs`, of a list from the newest back. */
async function find(
  events: AsyncIterable<OwnEvent>,
  sinceMs: number,
  isIt: (event: OwnEvent) => boolean,
): Promise<OwnEvent | null | 'hidden'> {
  try {
    for await (const event of events) {
      if (event.sentAtMs < sinceMs) return null;
      if (!event.isRedacted && isIt(event)) return event;
    }
    return null;
  } catch (error) {
    if (isHidden(error)) return 'hidden';
    throw error;
  }
}

async function findAnswer(
  place: OwnPlace,
  { eventId, threadRootId }: Pick<Upload, 'eventId' | 'threadRootId'>,
): Promise<string | null> {
  const notices: string[] = [];
  const answer = await find(ownRelations(place, threadRootId), 0, (event) => {
    if (!isTextAbout(event, eventId)) return false;
    if (!isStatus(event.content)) return true;
    notices.push(event.eventId);
    return false;
  });
  if (answer !== null && answer !== 'hidden') return answer.eventId;
  for (const notice of notices) {
    const edit = await find(ownRelations(place, notice, 'm.replace'), 0, () => true);
    if (edit !== null && edit !== 'hidden' && !isStatus(fieldsOf(edit.content['m.new_content']))) return notice;
  }
  const mark = await find(
    ownRelations(place, eventId),
    0,
    ({ type, relation }) => type === 'm.reaction' && END_MARKS.includes(String(textOf(relation.key))),
  );
  return mark === null || mark === 'hidden' ? null : mark.eventId;
}

/** Files that come with an answer are none. */
function isTextAbout(event: OwnEvent, eventId: string): boolean {
  const { msgtype } = event.content;
  const isText = event.type === 'm.room.message' && (msgtype === 'm.notice' || msgtype === 'm.text');
  return isText && event.relation.rel_type !== 'm.replace' && subjectOf(event) === eventId;
}

function isStatus(content: Readonly<Record<string, unknown>>): boolean {
  return textOf(content.body)?.startsWith(STATUS) ?? true;
}
