// Owns the content of the events that Lector sends: threads, edits, reactions, files (client-server API, "rich replies", "threading").
import type { Upload } from '../domain/media.ts';

/** What a message says, as plain text and as HTML of the subset that clients show. */
export type Rendered = { body: string; html: string };
type Content = Record<string, unknown>;
/** Where a reply stands: in the thread of `rootId`, for clients without threads as a reply to `replyToId`. */
export type ThreadPlace = { rootId: string; replyToId: string };

const NOBODY = {};

/** The thread of an upload. */
export function threadOf(upload: Pick<Upload, 'threadRootId' | 'eventId'>): ThreadPlace {
  return { rootId: upload.threadRootId, replyToId: upload.eventId };
}

/** Half a character, as documents can hold, would make a homeserver answer 500 for ever (Synapse cannot encode it). */
function message(msgtype: 'm.notice' | 'm.text', rendered: Rendered, mentions: object): Content {
  const body = rendered.body.toWellFormed();
  const html = rendered.html.toWellFormed();
  return { msgtype, body, format: 'org.matrix.custom.html', formatted_body: html, 'm.mentions': mentions };
}

function inThread(content: Content, { rootId, replyToId }: ThreadPlace): Content {
  const relation = {
    rel_type: 'm.thread',
    event_id: rootId,
    is_falling_back: true,
    'm.in_reply_to': { event_id: replyToId },
  };
  return { ...content, 'm.relates_to': relation };
}

/** A notice in a thread; it notifies nobody. */
export function threadNotice(rendered: Rendered, place: ThreadPlace): Content {
  return inThread(message('m.notice', rendered, NOBODY), place);
}

/** A notice in the room itself. */
export function roomNotice(rendered: Rendered): Content {
  return message('m.notice', rendered, NOBODY);
}

/** A notice that replies to an event outside of any thread. */
export function replyNotice(rendered: Rendered, eventId: string): Content {
  return { ...message('m.notice', rendered, NOBODY), 'm.relates_to': { 'm.in_reply_to': { event_id: eventId } } };
}

/** A message in a thread that notifies `userId`. */
export function threadMention(rendered: Rendered, place: ThreadPlace, userId: string): Content {
  return inThread(message('m.text', rendered, { user_ids: [userId] }), place);
}

/** An edit that puts `rendered` in the place of the notice `editedEventId`. */
export function editOf(rendered: Rendered, editedEventId: string): Content {
  const fresh = message('m.notice', rendered, NOBODY);
  const fallback = message('m.notice', { body: `* ${rendered.body}`, html: `* ${rendered.html}` }, NOBODY);
  return { ...fallback, 'm.new_content': fresh, 'm.relates_to': { rel_type: 'm.replace', event_id: editedEventId } };
}

/** A reaction to an event. */
export function reactionTo(eventId: string, key: string): Content {
  return { 'm.relates_to': { rel_type: 'm.annotation', event_id: eventId, key } };
}

/** A file in a thread; `mime` may carry parameters, which Matrix does not want there. */
export function threadFile(
  file: { name: string; mime: string; mxcUri: string; bytes: number },
  place: ThreadPlace,
): Content {
  const info = { mimetype: file.mime.split(';')[0], size: file.bytes };
  const content = {
    msgtype: 'm.file',
    body: file.name,
    filename: file.name,
    url: file.mxcUri,
    info,
    'm.mentions': NOBODY,
  };
  return inThread(content, place);
}
