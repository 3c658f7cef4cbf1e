// Owns the reading of one event: what a member wants of Lector, if anything. Never throws, whatever the event holds.
import type { Incoming } from '../domain/incoming.ts';
import type { Upload } from '../domain/media.ts';
import { fieldsOf, numberOf, type RawEvent, textOf } from './events.ts';
import { eventIdOf, parseMxc, roomIdOf, userIdOf } from './ids.ts';
import { mentions, type Self, withoutQuote } from './mentions.ts';

/** File names longer than this are shortened: nobody reads them and every notice would carry them. */
const MAX_FILE_NAME = 120;
/** Older than Matrix itself: whoever says so has a broken clock, or means harm. */
const MAX_AGE_MS = 10 * 365 * 86_400_000;
/** The last moment that a Date holds (ECMA-262, time values). */
const MAX_TIME_MS = 8.64e15;
/** How clients may write the key of the reaction that asks for another try: emoji stand with a variation selector or without. */
const AGAIN = /^🔁[\ufe0e\ufe0f]?$/u;

/** A message that mentions the bot and replies to something: to an upload, perhaps. */
export type Ask = {
  kind: 'ask';
  eventId: string;
  roomId: string;
  sender: string;
  ageMs: number;
  /** Events that may be meant, the most likely first. */
  targets: string[];
};

/** What the event asks of the bot, or null: nothing. */
export function readEvent(raw: RawEvent, roomId: string, self: Self): Incoming | Ask | null {
  const event: RawEvent = fieldsOf(raw);
  const eventId = eventIdOf(event.event_id);
  const sender = userIdOf(event.sender);
  if (!eventId || !sender || sender === self.userId) return null;
  const content = fieldsOf(event.content);
  switch (event.type) {
    case 'm.room.message':
      return readMessage(content, { eventId, roomId, sender }, event, self);
    case 'm.reaction':
      return readReaction(content, { eventId, roomId, sender });
    case 'm.room.redaction': {
      const redactedEventId = eventIdOf(event.redacts) ?? eventIdOf(content.redacts);
      return redactedEventId ? { kind: 'redaction', roomId, redactedEventId } : null;
    }
    case 'm.room.tombstone': {
      const replacementRoomId = roomIdOf(content.replacement_room);
      return event.state_key === '' && replacementRoomId
        ? { kind: 'replaced', roomId, replacementRoomId, sender }
        : null;
    }
    default:
      return null;
  }
}

type Fields = Readonly<Record<string, unknown>>;
type Origin = { eventId: string; roomId: string; sender: string };

function readReaction(content: Fields, origin: Origin): Incoming | null {
  const { rel_type: type, event_id: target, key } = fieldsOf(content['m.relates_to']);
  const targetEventId = eventIdOf(target);
  const isAgain = type === 'm.annotation' && typeof key === 'string' && AGAIN.test(key);
  return isAgain && targetEventId ? { kind: 'retry', ...origin, targetEventId } : null;
}

function readMessage(content: Fields, origin: Origin, event: RawEvent, self: Self): Incoming | Ask | null {
  const relation = fieldsOf(content['m.relates_to']);
  // An edit is no new upload, no new command and asks for nothing; its original stands.
  if (relation.rel_type === 'm.replace') return null;
  const rootId = relation.rel_type === 'm.thread' ? eventIdOf(relation.event_id) : undefined;
  if (content.msgtype === 'm.text') {
    return readCommand(content, origin) ?? readAsk(content, origin, ageOf(event), self);
  }
  // Notices (m.notice) come from bots.
  if (content.msgtype !== 'm.file' && content.msgtype !== 'm.image') return null;
  const upload = readUpload(content, origin, rootId, event, self);
  return upload ? { kind: 'upload', upload, ageMs: ageOf(event) } : null;
}

function readCommand(content: Fields, origin: Origin): Incoming | null {
  const relation = fieldsOf(content['m.relates_to']);
  const { repliedTo, rootId, isFallback } = placeOf(relation);
  const body = textOf(content.body) ?? '';
  const match = /^\s*!lector(?:\s+(.*))?$/is.exec(repliedTo ? withoutQuote(body) : body);
  if (!match) return null;
  const words = (match[1] ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const place = { threadRootId: rootId, ...(repliedTo && !isFallback && { replyToId: repliedTo }) };
  return { kind: 'command', command: { ...origin, ...place, isRoomAdmin: 'unknown', words } };
}

function readAsk(content: Fields, origin: Origin, ageMs: number, self: Self): Ask | null {
  const targets = targetsOf(fieldsOf(content['m.relates_to']));
  if (targets.length === 0 || !mentions(content, withoutQuote(textOf(content.body) ?? ''), self)) return null;
  return { kind: 'ask', ...origin, ageMs, targets };
}

/** In a thread a reply may be a fallback for clients without threads: it names the last message there, and nobody meant that. */
function placeOf(relation: Fields) {
  const repliedTo = eventIdOf(fieldsOf(relation['m.in_reply_to']).event_id);
  const rootId = relation.rel_type === 'm.thread' ? eventIdOf(relation.event_id) : undefined;
  return { repliedTo, rootId, isFallback: rootId !== undefined && (relation.is_falling_back === true || !repliedTo) };
}

/** With a fallback the root may be meant as well as the last message. */
function targetsOf(relation: Fields): string[] {
  const { repliedTo, rootId, isFallback } = placeOf(relation);
  const targets = [repliedTo, isFallback ? rootId : undefined];
  return [...new Set(targets.filter((target) => target !== undefined))];
}

function readUpload(
  content: Fields,
  origin: Origin,
  rootId: string | undefined,
  event: RawEvent,
  self: Self,
): Upload | null {
  const mxcUri = textOf(content.url);
  if (!mxcUri || parseMxc(mxcUri) === null) return null;
  const info = fieldsOf(content.info);
  const body = textOf(content.body) ?? '';
  const name = textOf(content.filename);
  // MSC2530, spec v1.10 "Media captions": body is a caption only where filename is there and differs.
  const caption = name !== undefined && name !== body ? body : undefined;
  return {
    ...origin,
    threadRootId: rootId ?? origin.eventId,
    fileName: cleanFileName(name ?? body),
    caption: caption || undefined,
    mxcUri,
    declaredMime: textOf(info.mimetype)?.toLowerCase(),
    declaredBytes: numberOf(info.size, Number.MAX_SAFE_INTEGER),
    isPicture: content.msgtype === 'm.image',
    isAsked: mentions(content, caption ?? '', self),
    sentAtMs: numberOf(event.origin_server_ts, MAX_TIME_MS) ?? 0,
  };
}

/** Without control and direction characters, on one line, short; the ending is kept. */
export function cleanFileName(raw: string): string {
  const clean = raw
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const letters = [...clean];
  if (letters.length <= MAX_FILE_NAME) return clean || 'document';
  const ending = /\.[A-Za-z0-9]{1,8}$/.exec(clean)?.[0] ?? '';
  return `${letters.slice(0, MAX_FILE_NAME - ending.length - 1).join('')}…${ending}`;
}

/** How long ago it was posted, as the homeserver reckons (its clock, not ours); an age that cannot be is none. */
function ageOf(event: RawEvent): number {
  return numberOf(fieldsOf(event.unsigned).age, MAX_AGE_MS) ?? 0;
}
