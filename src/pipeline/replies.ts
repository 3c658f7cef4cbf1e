// Owns which replies an upload gets: one answer, its text as a file, one mark, and what becomes of the status notice.
import { MENTION_AFTER_MS } from '../../config/limits.ts';
import type { Upload } from '../domain/media.ts';
import type { Reply, ReplyPart } from '../domain/reply.ts';
import { editOf, type Rendered, reactionTo, threadFile, threadMention, threadNotice, threadOf } from './content.ts';

export type ReplyFacts = {
  upload: Upload;
  rendered: Rendered;
  isSuccess: boolean;
  /** Since the member posted it. */
  elapsedMs: number;
  /** The status notice that stands in the thread, if one was sent. */
  statusEventId: string | null;
  attachment: { name: string; mxcUri: string; bytes: number } | null;
};

/** All replies that end an upload, in the order they are sent. */
export function endReplies(facts: ReplyFacts): Reply[] {
  const { upload, attachment, statusEventId } = facts;
  const reply = (part: ReplyPart, content: Record<string, unknown>, optional = false): Reply => ({
    ...origin(upload),
    part,
    body: { kind: part === 'mark' ? 'reaction' : 'message', content },
    optional,
  });
  const isLate = facts.elapsedMs > MENTION_AFTER_MS;
  const replies = [reply('answer', answerContent(facts, isLate))];
  if (attachment) replies.push(reply('text', threadFile(attachment, threadOf(upload))));
  if (isLate && statusEventId) {
    const body = { kind: 'redaction' as const, redactedEventId: statusEventId };
    replies.push({ ...origin(upload), part: 'status_gone', body, optional: true });
  }
  replies.push(reply('mark', reactionTo(upload.eventId, facts.isSuccess ? '✅' : '❌'), true));
  return replies;
}

function answerContent({ upload, rendered, statusEventId }: ReplyFacts, isLate: boolean): Record<string, unknown> {
  if (isLate) return threadMention(rendered, threadOf(upload), upload.sender);
  return statusEventId ? editOf(rendered, statusEventId) : threadNotice(rendered, threadOf(upload));
}

/** The status notice of an upload, or an edit of it. */
export function statusReply(upload: Upload, rendered: Rendered, editedEventId: string | null): Reply {
  const content = editedEventId ? editOf(rendered, editedEventId) : threadNotice(rendered, threadOf(upload));
  return { ...origin(upload), part: 'status', body: { kind: 'message', content }, optional: true };
}

/** 👀: the upload is taken. */
export function takenReply(upload: Upload): Reply {
  return {
    ...origin(upload),
    part: 'taken',
    body: { kind: 'reaction', content: reactionTo(upload.eventId, '👀') },
    optional: true,
  };
}

/** The redaction of something that was sent; its own key, so that each event is taken back once. */
export function retraction(roomId: string, sentEventId: string): Reply {
  return {
    roomId,
    sourceEventId: sentEventId,
    part: 'retracted',
    body: { kind: 'redaction', redactedEventId: sentEventId },
    optional: false,
  };
}

function origin(upload: Upload): Pick<Reply, 'roomId' | 'sourceEventId'> {
  return { roomId: upload.roomId, sourceEventId: upload.eventId };
}
