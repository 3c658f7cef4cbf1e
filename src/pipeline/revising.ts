// Owns what a quiet retry changes of what was said: the old message becomes the new answer, the old mark goes.

import type { ReplyLedger } from '../domain/ledger.ts';
import type { Upload } from '../domain/media.ts';
import type { Reply } from '../domain/reply.ts';
import { editOf, type Rendered, threadNotice, threadOf } from './content.ts';
import { type Attachment, fileReplies, type Mark, markReply } from './replies.ts';

export type RevisionFacts = {
  upload: Upload;
  rendered: Rendered;
  mark: Mark;
  /** How it had ended: its mark still stands. */
  markBefore: Mark;
  attachments: Attachment[];
};

type SaidBefore = Pick<ReplyLedger, 'find' | 'answeredWith'>;

/** The replies that put a better answer in the place of what was said, in the order they are sent. */
export function revisedReplies(
  { upload, rendered, mark, markBefore, attachments }: RevisionFacts,
  said: SaidBefore,
): Reply[] {
  const { roomId, eventId } = upload;
  const messageId = ownMessage(eventId, said);
  const content = messageId ? editOf(rendered, messageId) : threadNotice(rendered, threadOf(upload));
  const answer: Reply = {
    roomId,
    sourceEventId: eventId,
    part: 'revised',
    body: { kind: 'message', content },
    optional: false,
  };
  const replies = [answer, ...revisedFiles({ upload, attachments }, said)];
  if (mark === markBefore) return replies;
  const newMark: Reply = { ...markReply(upload, mark), part: 'mark_again' };
  return [...replies, ...takenBack(upload, 'mark', 'mark_gone', said), newMark];
}

/** The text of a file does not change; its fields may. */
function revisedFiles(files: Pick<RevisionFacts, 'upload' | 'attachments'>, said: SaidBefore): Reply[] {
  const { upload } = files;
  return fileReplies(files).flatMap((reply) => {
    if (reply.part !== 'fields' || !said.find(upload.eventId, 'fields')) return [reply];
    return [...takenBack(upload, 'fields', 'fields_gone', said), { ...reply, part: 'fields_again' as const }];
  });
}

/** What takes a part back that was sent; under the upload's own key, so that it is sent with the rest. */
function takenBack(
  upload: Upload,
  part: 'mark' | 'fields',
  gone: 'mark_gone' | 'fields_gone',
  said: SaidBefore,
): Reply[] {
  const redactedEventId = said.find(upload.eventId, part)?.sentEventId;
  if (!redactedEventId) return [];
  const { roomId, eventId: sourceEventId } = upload;
  return [{ roomId, sourceEventId, part: gone, body: { kind: 'redaction', redactedEventId }, optional: false }];
}

/** The message that speaks of this upload alone; null: there is none that could be edited. */
function ownMessage(eventId: string, said: SaidBefore): string | null {
  const isShared = said.answeredWith(eventId).length > 0;
  const answerId = said.find(eventId, 'answer')?.sentEventId;
  if (isShared || !answerId) return null;
  // An answer that was an edit of the progress notice cannot be edited itself (spec v1.4, "m.replace": no edits of edits).
  const noticeId = said.find(eventId, 'status')?.sentEventId;
  const isNoticeGone = said.find(eventId, 'status_gone') !== null;
  return noticeId && !isNoticeGone ? noticeId : answerId;
}
