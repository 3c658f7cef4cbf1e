// Owns taking back what was said of an upload: when it is redacted, and when it is to be said anew.
import { isEnded } from '../domain/job.ts';
import type { Ledger } from '../domain/ledger.ts';
import type { Reply } from '../domain/reply.ts';
import type { Access } from './access.ts';
import { retraction, sweepOf } from './replies.ts';

/** What a redaction or another attempt leads to: jobs whose work is to end, and what is to be sent. */
export type TakenBack = { cancelledJobs: string[]; replies: Reply[] };

type Deps = {
  ledger: Pick<Ledger, 'jobs' | 'replies' | 'wipeUpload'>;
  access: Pick<Access, 'isAllowedRoom'>;
};

/**
 * A redacted upload: its job stops, everything that is known of it but its ids goes, and whatever was said about it is taken back,
 * with the reactions to it and the edits of its progress notice; also in a room that is not allowed any more. Null: there is no such
 * upload in the room.
 */
export function forgetUpload(roomId: string, uploadId: string, { ledger, access }: Deps): TakenBack | null {
  const { jobs, replies } = ledger;
  const row = jobs.get(uploadId);
  if (row?.upload.roomId !== roomId) return null;
  const isNews = row.state !== 'cancelled';
  const others = replies.answeredWith(uploadId).map((eventId) => sayAnew(roomId, eventId, { ledger, access }));
  jobs.cancel(uploadId);
  const noticeId = replies.find(uploadId, 'status')?.sentEventId;
  for (const reply of replies.unsentOf(uploadId)) replies.drop(reply);
  const sentIds = replies.sentFor(uploadId);
  const gone = sentIds.map((eventId) => retraction(roomId, eventId));
  const about = isNews ? [uploadId, noticeId].filter((id) => id != null) : [];
  const swept = about.map((id) => sweepOf(roomId, id, sentIds));
  ledger.wipeUpload(uploadId);
  return {
    cancelledJobs: [...others.flatMap(({ cancelledJobs }) => cancelledJobs), ...(isEnded(row.state) ? [] : [uploadId])],
    // Homeservers list the edits of a message only as long as it stands.
    replies: [...swept, ...others.flatMap((other) => other.replies), ...gone],
  };
}

/** The message that spoke of this upload, too, goes: it is answered anew, but not where nothing may be read any more. */
function sayAnew(roomId: string, eventId: string, { ledger, access }: Deps): TakenBack {
  const { jobs } = ledger;
  const replies = takeBackAnswer(roomId, eventId, { ledger });
  if (access.isAllowedRoom(roomId)) {
    jobs.again(eventId);
    return { cancelledJobs: [eventId], replies };
  }
  const hasEnded = isEnded(jobs.get(eventId)?.state ?? 'cancelled');
  jobs.cancel(eventId);
  return { cancelledJobs: hasEnded ? [] : [eventId], replies };
}

/** Forgets what was said of an upload, so that it can be said anew; returns what takes it back in the room. */
export function takeBackAnswer(
  roomId: string,
  eventId: string,
  { ledger }: { ledger: Pick<Ledger, 'replies'> },
): Reply[] {
  return ledger.replies.takeBack(eventId).map((sentId) => retraction(roomId, sentId));
}
