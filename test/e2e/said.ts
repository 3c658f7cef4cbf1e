// Owns what the bot has said to an upload, from the raw events of a room: every send counts, what was taken back does not.

import { fieldsOf } from '../../src/matrix/events.ts';
import { redactedIds } from '../../src/playground/conversation.ts';
import type { Member, SeenEvent } from '../../src/playground/member.ts';

export type Said = {
  /** Of the event that members see; an edit has the id of what it edits. */
  eventId: string;
  /** What members read: the new content of an edit. */
  content: Readonly<Record<string, unknown>>;
  body: string;
  isEdit: boolean;
  /** How the event, or the edited one, hangs on others. */
  relation: Readonly<Record<string, unknown>>;
  event: SeenEvent;
};

/** The text messages of `botId` in the thread of an upload, in order, edits among them; files and redacted ones left out. */
export function messagesTo(events: SeenEvent[], botId: string, uploadId: string): Said[] {
  const gone = redactedIds(events);
  const byId = new Map(events.map((event) => [event.event_id, event]));
  const said: Said[] = [];
  for (const event of events) {
    if (event.sender !== botId || event.type !== 'm.room.message' || gone.has(event.event_id)) continue;
    const own = fieldsOf(event.content['m.relates_to']);
    const isEdit = own.rel_type === 'm.replace';
    const shown = isEdit ? byId.get(String(own.event_id)) : event;
    if (!shown || gone.has(shown.event_id)) continue;
    const relation = fieldsOf(shown.content['m.relates_to']);
    const content = isEdit ? fieldsOf(event.content['m.new_content']) : event.content;
    if (fieldsOf(relation['m.in_reply_to']).event_id !== uploadId || content.msgtype === 'm.file') continue;
    said.push({ eventId: shown.event_id, content, body: String(content.body), isEdit, relation, event });
  }
  return said;
}

const isStatus = ({ body }: Said) => body.startsWith('⏳');

/** What ended the wait: answers and errors, each send of them. */
export function answersTo(events: SeenEvent[], botId: string, uploadId: string): Said[] {
  return messagesTo(events, botId, uploadId).filter((said) => !isStatus(said));
}

export function statusesTo(events: SeenEvent[], botId: string, uploadId: string): Said[] {
  return messagesTo(events, botId, uploadId).filter(isStatus);
}

/** The files that the bot put into the thread of an upload, each send of them. */
export function filesTo(events: SeenEvent[], botId: string, uploadId: string): SeenEvent[] {
  return events.filter(({ sender, content }) => {
    const { event_id } = fieldsOf(content['m.relates_to']);
    return sender === botId && content.msgtype === 'm.file' && event_id === uploadId;
  });
}

/** The bot's reactions to an upload that still stand, in order. */
export function reactionsTo(events: SeenEvent[], botId: string, uploadId: string): string[] {
  const gone = redactedIds(events);
  return events
    .filter((event) => event.sender === botId && event.type === 'm.reaction' && !gone.has(event.event_id))
    .map((event) => fieldsOf(event.content['m.relates_to']))
    .filter((relation) => relation.event_id === uploadId)
    .map((relation) => String(relation.key));
}

/** ✅ and ❌ to an upload: more than one would be a double. */
export function marksOf(events: SeenEvent[], botId: string, uploadId: string): string[] {
  return reactionsTo(events, botId, uploadId).filter((key) => key !== '👀');
}

/** Everything that stands in the room now: a word of the member comes back to it after all that was said before. */
export async function everythingIn(member: Member, roomId: string): Promise<SeenEvent[]> {
  const { eventId } = await member.sendEvent(roomId, 'org.example.until_here', {});
  await member.waitFor(roomId, (event) => event.event_id === eventId, { timeoutMs: 30_000 });
  return member.timeline(roomId);
}
