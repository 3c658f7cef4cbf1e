// Owns which replies an upload gets: one answer, its text as a file, one mark, and what becomes of the status notice.
import { MENTION_AFTER_MS } from '../../config/limits.ts';
import type { Upload } from '../domain/media.ts';
import { type Reply, type ReplyPart, transactionId } from '../domain/reply.ts';
import { editOf, type Rendered, reactionTo, threadFile, threadMention, threadNotice, threadOf } from './content.ts';

/** What the reaction in the end says: answered, nothing to be said, not read. */
export type Mark = 'done' | 'nothing' | 'failed';
const MARKS: Record<Mark, string> = { done: '✅', nothing: '➖', failed: '❌' };

export type Attachment = { part: 'text' | 'fields'; name: string; mime: string; mxcUri: string; bytes: number };

export type ReplyFacts = {
  upload: Upload;
  rendered: Rendered;
  mark: Mark;
  /** Since the member posted it. */
  elapsedMs: number;
  /** The status notice that stands in the thread, if one was sent. */
  statusEventId: string | null;
  attachments: Attachment[];
};

/** All replies that end an upload, in the order they are sent. */
export function endReplies(facts: ReplyFacts): Reply[] {
  const { upload, statusEventId } = facts;
  const isLate = facts.elapsedMs > MENTION_AFTER_MS;
  const replies = [message(upload, 'answer', answerContent(facts, isLate)), ...fileReplies(facts)];
  if (isLate && statusEventId) replies.push(statusGone(upload, statusEventId));
  replies.push(markReply(upload, facts.mark));
  return replies;
}

/** The replies of an upload whose answer stands in that of `lead`. */
export function sharedReplies(
  facts: Pick<ReplyFacts, 'upload' | 'mark' | 'statusEventId' | 'attachments'>,
  lead: Pick<Upload, 'eventId'>,
): Reply[] {
  const { upload, statusEventId } = facts;
  const shared: Reply = {
    ...origin(upload),
    part: 'answer',
    body: { kind: 'shared', withEventId: lead.eventId },
    optional: false,
  };
  const gone = statusEventId ? [statusGone(upload, statusEventId)] : [];
  return [shared, ...fileReplies(facts), ...gone, markReply(upload, facts.mark)];
}

/** A mark and nothing else: there is nothing to be said of this upload. */
export function silentReplies(upload: Upload, statusEventId: string | null): Reply[] {
  return [...(statusEventId ? [statusGone(upload, statusEventId)] : []), markReply(upload, 'nothing')];
}

function message(upload: Upload, part: ReplyPart, content: Record<string, unknown>): Reply {
  return { ...origin(upload), part, body: { kind: 'message', content }, optional: false };
}

/** The files that go with an answer. */
export function fileReplies({ upload, attachments }: Pick<ReplyFacts, 'upload' | 'attachments'>): Reply[] {
  return attachments.map((file) => message(upload, file.part, threadFile(file, threadOf(upload))));
}

/** What the reaction in the end says. */
export function markReply(upload: Upload, mark: Mark): Reply {
  const content = reactionTo(upload.eventId, MARKS[mark]);
  return { ...origin(upload), part: 'mark', body: { kind: 'reaction', content }, optional: true };
}

function statusGone(upload: Upload, statusEventId: string): Reply {
  const body = { kind: 'redaction' as const, redactedEventId: statusEventId };
  return { ...origin(upload), part: 'status_gone', body, optional: true };
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

/** Takes back what no row of the ledger names: reactions to an event, edits of it. Once an event. */
export function sweepOf(roomId: string, relatedEventId: string, exceptIds: string[] = []): Reply {
  return {
    roomId,
    sourceEventId: `sweep ${relatedEventId}`,
    part: 'retracted',
    body: { kind: 'sweep', relatedEventId, ...(exceptIds.length > 0 && { exceptIds }) },
    optional: false,
  };
}

/** Takes back a notice that was sent, or not: nobody knows under which event id. */
export function sweepOfNotice(notice: Reply): Reply {
  const { roomId, sourceEventId } = notice;
  const id = transactionId(notice);
  const body = { kind: 'sweep' as const, relatedEventId: sourceEventId, onlyTransactionId: id };
  return { roomId, sourceEventId: `sweep ${id}`, part: 'retracted', body, optional: false };
}

function origin(upload: Upload): Pick<Reply, 'roomId' | 'sourceEventId'> {
  return { roomId: upload.roomId, sourceEventId: upload.eventId };
}
