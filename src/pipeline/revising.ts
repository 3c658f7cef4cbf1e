// Owns what a quiet retry changes of what was said: the old message becomes the new answer, the old mark goes.

import type { ReplyLedger } from '../domain/ledger.ts';
import type { Upload } from '../domain/media.ts';
import type { Reply } from '../domain/reply.ts';
import { editOf, type Rendered, threadNotice, threadOf } from './content.ts';
import { type Attachment, fileReplies, type Mark, markReply, retraction } from './replies.ts';

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
  const replies = [answer, ...fileReplies({ upload, attachments })];
  if (mark === markBefore) return replies;
  const oldMarkId = said.find(eventId, 'mark')?.sentEventId;
  if (oldMarkId) replies.push(retraction(roomId, oldMarkId));
  return [...replies, { ...markReply(upload, mark), part: 'mark_again' }];
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
