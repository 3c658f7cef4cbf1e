// Owns the reading of one event: what a member wants of Lector, if anything. Never throws, whatever the event holds.
import type { Incoming } from '../domain/incoming.ts';
import type { Upload } from '../domain/media.ts';
import { fieldsOf, type RawEvent, textOf } from './events.ts';

/** File names longer than this are shortened: nobody reads them and every notice would carry them. */
const MAX_FILE_NAME = 120;
const MXC = /^mxc:\/\/[A-Za-z0-9.:[\]-]+\/[A-Za-z0-9_-]+$/;

/** What the event asks of the bot `selfId`, or null: nothing. */
export function readEvent(raw: RawEvent, roomId: string, selfId: string): Incoming | null {
  const event: RawEvent = fieldsOf(raw);
  const eventId = textOf(event.event_id);
  const sender = textOf(event.sender);
  if (!eventId || !sender || sender === selfId) return null;
  const content = fieldsOf(event.content);
  switch (event.type) {
    case 'm.room.message':
      return readMessage(content, { eventId, roomId, sender }, event);
    case 'm.room.redaction': {
      const redactedEventId = textOf(event.redacts) ?? textOf(content.redacts);
      return redactedEventId ? { kind: 'redaction', roomId, redactedEventId } : null;
    }
    case 'm.room.tombstone': {
      const replacementRoomId = textOf(content.replacement_room);
      return event.state_key === '' && replacementRoomId
        ? { kind: 'replaced', roomId, replacementRoomId, sender }
        : null;
    }
    default:
      return null;
  }
}

type Origin = { eventId: string; roomId: string; sender: string };

function readMessage(content: Readonly<Record<string, unknown>>, origin: Origin, event: RawEvent): Incoming | null {
  const relation = fieldsOf(content['m.relates_to']);
  // An edit is no new upload and no new command; its original stands.
  if (relation.rel_type === 'm.replace') return null;
  const rootId = relation.rel_type === 'm.thread' ? textOf(relation.event_id) : undefined;
  if (content.msgtype === 'm.text') return readCommand(content, origin, rootId);
  // Notices (m.notice) come from bots; pictures (m.image) from a later version on.
  if (content.msgtype !== 'm.file') return null;
  const upload = readUpload(content, origin, rootId, event);
  return upload ? { kind: 'upload', upload, ageMs: ageOf(event) } : null;
}

function readCommand(
  content: Readonly<Record<string, unknown>>,
  origin: Origin,
  rootId: string | undefined,
): Incoming | null {
  const match = /^\s*!lector(?:\s+(.*))?$/is.exec(textOf(content.body) ?? '');
  if (!match) return null;
  const words = (match[1] ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  return { kind: 'command', command: { ...origin, threadRootId: rootId, isRoomAdmin: 'unknown', words } };
}

function readUpload(
  content: Readonly<Record<string, unknown>>,
  origin: Origin,
  rootId: string | undefined,
  event: RawEvent,
): Upload | null {
  const mxcUri = textOf(content.url);
  if (!mxcUri || !MXC.test(mxcUri)) return null;
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
    declaredBytes: typeof info.size === 'number' && info.size >= 0 ? info.size : undefined,
    isPicture: content.msgtype === 'm.image',
    isAsked: false,
    sentAtMs: typeof event.origin_server_ts === 'number' ? event.origin_server_ts : 0,
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

/** How long ago it was posted, as the homeserver reckons (its clock, not ours). */
function ageOf(event: RawEvent): number {
  const age = fieldsOf(event.unsigned).age;
  return typeof age === 'number' && age > 0 ? age : 0;
}
