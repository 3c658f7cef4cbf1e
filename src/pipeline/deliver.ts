// Owns the last step of a job: what was saved for it is sent, and then it has ended.
import { toAppError } from '../domain/errors.ts';
import type { JobLedger, ReplyLedger } from '../domain/ledger.ts';
import type { Log } from '../domain/log.ts';
import type { Upload } from '../domain/media.ts';
import type { Reply, ReplyKey } from '../domain/reply.ts';

export type DeliverPorts = {
  jobs: Pick<JobLedger, 'finish'>;
  replies: Pick<ReplyLedger, 'unsentOf' | 'drop' | 'find' | 'markSent'>;
  /** null: the ledger dropped the reply before its turn. */
  send(reply: ReplyKey): Promise<string | null>;
  /** Reactions and clean-up: sent when the homeserver's limit leaves room. */
  offer(reply: Reply): void;
  /** Delivers another job, once however many wait for it. */
  deliverFirst(jobId: string): Promise<unknown>;
  log: Log;
};

/**
 * Sends the replies of a job in `replying` and ends it; `false`: it had ended before. Rejects when the ledger cannot keep that (doing it
 * again sends nothing twice), or when the process stops: then it goes on after the next start.
 */
export async function deliver(jobId: string, ports: DeliverPorts): Promise<boolean> {
  // Asked anew each time: what was to be said may have been taken back, and something else have its place.
  for (let next = nextOf(jobId, ports); next; next = nextOf(jobId, ports)) {
    if (next.withEventId) await share(next, next.withEventId, ports);
    else await sendOrDrop(next, ports);
  }
  const hasEnded = ports.jobs.finish(jobId);
  for (const reply of unsentOf(jobId, ports)) ports.offer(reply);
  return hasEnded;
}

/** A status notice of an earlier life of the process is none of it. */
function unsentOf(jobId: string, { replies }: DeliverPorts): Reply[] {
  return replies.unsentOf(jobId).filter(({ part }) => part !== 'status');
}

/** Its name alone: many may wait for a room that cannot be sent to. */
function nextOf(jobId: string, ports: DeliverPorts): (ReplyKey & { withEventId: string | undefined }) | null {
  const next = unsentOf(jobId, ports).find(({ optional }) => !optional);
  if (!next) return null;
  const { roomId, sourceEventId, part, takenBack = 0, body } = next;
  return { roomId, sourceEventId, part, takenBack, withEventId: body.kind === 'shared' ? body.withEventId : undefined };
}

/** Notes an answer that stands in the room already, and ends its job; so that it goes when the upload is redacted. `false`: it had ended. */
export function noteAnswer(
  upload: Upload,
  sentEventId: string,
  { jobs, replies }: { jobs: Pick<JobLedger, 'saveReplies' | 'finish'>; replies: Pick<ReplyLedger, 'markSent'> },
): boolean {
  const { roomId, eventId: sourceEventId } = upload;
  const body = { kind: 'message' as const, content: {} };
  const reply: Reply = { roomId, sourceEventId, part: 'answer', body, optional: false };
  if (!jobs.saveReplies(sourceEventId, [reply], { state: 'done', errorCode: null })) return false;
  replies.markSent(reply, sentEventId);
  return jobs.finish(sourceEventId);
}

/** Notes where the answer stands, so that it goes when this upload is redacted; after a crash it may have to be sent first. */
async function share(reply: ReplyKey, withEventId: string, ports: DeliverPorts): Promise<void> {
  const sentId = () => ports.replies.find(withEventId, 'answer')?.sentEventId;
  if (!sentId()) await ports.deliverFirst(withEventId);
  const answerId = sentId();
  if (answerId) ports.replies.markSent(reply, answerId);
  else ports.replies.drop(reply);
}

/** Sends one reply; one that the homeserver refuses for good (the bot was removed, say) is dropped, since no retry will mend it. */
export async function sendOrDrop(
  reply: ReplyKey,
  ports: Pick<DeliverPorts, 'send' | 'log'> & { replies: Pick<ReplyLedger, 'drop'> },
): Promise<void> {
  try {
    await ports.send(reply);
  } catch (thrown) {
    const error = toAppError(thrown);
    if (error.code !== 'homeserver_refused') throw thrown;
    ports.log.error(
      { reason: error.message, part: reply.part, room: reply.roomId },
      'the homeserver refused a message',
    );
    ports.replies.drop(reply);
  }
}
