// Owns the view of a room as members see it: edits applied, redactions marked, reactions and threads in their place.
import { type Content, isObject, type RoomEvent } from './events.ts';

export type ViewedFile = { name: string; mime: string | null; bytes: number | null };

export type ViewedMessage = {
  eventId: string;
  sender: string;
  /** `m.room.message`, or `m.room.encrypted` when it cannot be read. */
  type: string;
  msgtype: string | null;
  /** After the last edit; empty when redacted. A file without a caption has its name here. */
  body: string;
  formattedBody: string | null;
  file: ViewedFile | null;
  edited: boolean;
  redacted: boolean;
  /** Full user ids, and `@room`. */
  mentions: string[];
  /** The event that it answers without a thread. */
  inReplyTo: string | null;
  reactions: { key: string; sender: string }[];
  /** The thread under it, oldest first. */
  replies: ViewedMessage[];
};

const MESSAGE_TYPES = ['m.room.message', 'm.room.encrypted'];

/** The messages of one room, given its events in order (those with the same id count once). */
export function viewRoom(events: readonly RoomEvent[]): ViewedMessage[] {
  const inOrder = [...new Map(events.map((event) => [event.event_id, event])).values()];
  const redacted = redactedIds(inOrder);
  const edits = editsByTarget(inOrder, redacted);
  const messages = new Map<string, ViewedMessage>();
  const top: ViewedMessage[] = [];
  for (const event of inOrder) {
    if (!MESSAGE_TYPES.includes(event.type) || relation(event)?.rel_type === 'm.replace') continue;
    const message = viewMessage(event, lastEdit(event, edits), redacted.has(event.event_id));
    messages.set(event.event_id, message);
    const root = relation(event)?.rel_type === 'm.thread' ? messages.get(String(relation(event)?.event_id)) : undefined;
    (root ? root.replies : top).push(message);
  }
  for (const event of inOrder) {
    const { rel_type: type, event_id: target, key } = relation(event) ?? {};
    if (event.type !== 'm.reaction' || type !== 'm.annotation' || redacted.has(event.event_id)) continue;
    messages.get(String(target))?.reactions.push({ key: String(key), sender: event.sender });
  }
  return top;
}

function relation({ content }: RoomEvent): Content | null {
  return isObject(content['m.relates_to']) ? content['m.relates_to'] : null;
}

/** Ids of the events that were redacted, whether the redaction itself was seen or the event tells of it. */
export function redactedIds(events: readonly RoomEvent[]): Set<string> {
  const ids = new Set<string>();
  for (const event of events) {
    if (event.unsigned?.redacted_because !== undefined) ids.add(event.event_id);
    const target = event.redacts ?? event.content.redacts;
    if (event.type === 'm.room.redaction' && typeof target === 'string') ids.add(target);
  }
  return ids;
}

function editsByTarget(events: RoomEvent[], redacted: Set<string>): Map<string, RoomEvent[]> {
  const edits = events.filter((event) => relation(event)?.rel_type === 'm.replace' && !redacted.has(event.event_id));
  return Map.groupBy(edits, (event) => String(relation(event)?.event_id));
}

/** The content that the sender last put in the event's place: https://spec.matrix.org/v1.11/client-server-api/#validity-of-replacement-events */
function lastEdit(event: RoomEvent, edits: Map<string, RoomEvent[]>): Content | null {
  const edit = edits
    .get(event.event_id)
    ?.findLast(
      ({ sender, type, content }) =>
        sender === event.sender && type === event.type && isObject(content['m.new_content']),
    );
  return (edit?.content['m.new_content'] as Content | undefined) ?? null;
}

function viewMessage(event: RoomEvent, edit: Content | null, redacted: boolean): ViewedMessage {
  const content = redacted ? {} : (edit ?? event.content);
  const reply = relation(event)?.['m.in_reply_to'];
  return {
    eventId: event.event_id,
    sender: event.sender,
    type: event.type,
    msgtype: text(content.msgtype),
    body: text(content.body) ?? '',
    formattedBody: text(content.formatted_body),
    file: viewFile(content),
    edited: edit !== null && !redacted,
    redacted,
    mentions: mentionsIn(content),
    inReplyTo: relation(event)?.rel_type !== 'm.thread' && isObject(reply) ? text(reply.event_id) : null,
    reactions: [],
    replies: [],
  };
}

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);

function viewFile(content: Content): ViewedFile | null {
  if (content.msgtype !== 'm.file' && content.msgtype !== 'm.image') return null;
  const info = isObject(content.info) ? content.info : {};
  return {
    name: text(content.filename) ?? text(content.body) ?? '',
    mime: text(info.mimetype),
    bytes: typeof info.size === 'number' ? info.size : null,
  };
}

function mentionsIn(content: Content): string[] {
  const mentions = isObject(content['m.mentions']) ? content['m.mentions'] : {};
  const users = Array.isArray(mentions.user_ids) ? mentions.user_ids.map(String) : [];
  return mentions.room === true ? [...users, '@room'] : users;
}
