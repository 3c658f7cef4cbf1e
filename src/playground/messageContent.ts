// Owns the contents of the messages that a member sends.
import type { Content } from './events.ts';

export type TextOptions = {
  /** Full user ids; nobody is pinged without. */
  mentions?: string[];
  threadRootId?: string;
  replyTo?: string;
};

export type PostedFile = {
  name: string;
  bytes: Uint8Array;
  mime: string;
  caption?: string;
  threadRootId?: string;
  mentions?: string[];
  /** Default `m.file`. */
  type?: 'm.file' | 'm.image';
};

export function textContent(text: string, { mentions, threadRootId, replyTo }: TextOptions): Content {
  return { msgtype: 'm.text', body: text, ...mentioning(mentions), ...related(threadRootId, replyTo) };
}

/** `body` is the caption when there is one; then and always `filename` is the name. */
export function fileContent(
  { type = 'm.file', name, bytes, mime, caption, ...rest }: PostedFile,
  url: string,
): Content {
  return {
    msgtype: type,
    body: caption ?? name,
    filename: name,
    url,
    info: { mimetype: mime, size: bytes.byteLength },
    ...mentioning(rest.mentions),
    ...related(rest.threadRootId, undefined),
  };
}

function mentioning(userIds: string[] | undefined): Content {
  return { 'm.mentions': userIds ? { user_ids: userIds } : {} };
}

function related(threadRootId: string | undefined, replyTo: string | undefined): Content {
  if (threadRootId !== undefined) {
    return {
      'm.relates_to': {
        rel_type: 'm.thread',
        event_id: threadRootId,
        is_falling_back: replyTo === undefined,
        'm.in_reply_to': { event_id: replyTo ?? threadRootId },
      },
    };
  }
  return replyTo === undefined ? {} : { 'm.relates_to': { 'm.in_reply_to': { event_id: replyTo } } };
}
