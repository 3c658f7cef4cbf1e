// Owns the last step of a job: what was saved for it is sent, and then it has ended.
import { toAppError } from '../domain/errors.ts';
import type { JobLedger, ReplyLedger } from '../domain/ledger.ts';
import type { Log } from '../domain/log.ts';
import type { Upload } from '../domain/media.ts';
import type { Reply } from '../domain/reply.ts';

export type DeliverPorts = {
  jobs: Pick<JobLedger, 'finish'>;
  replies: Pick<ReplyLedger, 'unsentOf' | 'drop' | 'find' | 'markSent'>;
  /** null: the ledger dropped the reply before its turn. */
  send(reply: Reply): Promise<string | null>;
  /** Reactions and clean-up: sent when the homeserver's limit leaves room. */
  offer(reply: Reply): void;
  log: Log;
};

/** Sends the replies of a job in `replying`; rejects only when the process stops, and then it goes on after the next start. */
export async function deliver(jobId: string, ports: DeliverPorts): Promise<void> {
  const unsent = () => ports.replies.unsentOf(jobId).filter((reply) => reply.part !== 'status');
  for (const reply of unsent().filter(({ optional }) => !optional)) {
    if (reply.body.kind === 'shared') await share(reply, reply.body.withEventId, ports);
    else await sendOrDrop(reply, ports);
  }
  ports.jobs.finish(jobId);
  // Asked again: a redaction in between leaves nothing to be sent.
  for (const reply of unsent().filter(({ optional }) => optional)) ports.offer(reply);
}

/** Notes an answer that stands in the room already, and ends its job; so that it goes when the upload is redacted. */
export function noteAnswer(
  upload: Upload,
  sentEventId: string,
  { jobs, replies }: { jobs: Pick<JobLedger, 'saveReplies' | 'finish'>; replies: Pick<ReplyLedger, 'markSent'> },
): void {
  const { roomId, eventId: sourceEventId } = upload;
  const body = { kind: 'message' as const, content: {} };
  const reply: Reply = { roomId, sourceEventId, part: 'answer', body, optional: false };
  if (!jobs.saveReplies(sourceEventId, [reply], { state: 'done', errorCode: null })) return;
  replies.markSent(reply, sentEventId);
  jobs.finish(sourceEventId);
}

/** Notes where the answer stands, so that it goes when this upload is redacted; after a crash it may have to be sent first. */
async function share(reply: Reply, withEventId: string, ports: DeliverPorts): Promise<void> {
  const sentId = () => ports.replies.find(withEventId, 'answer')?.sentEventId;
  if (!sentId()) await deliver(withEventId, ports);
  const answerId = sentId();
  if (answerId) ports.replies.markSent(reply, answerId);
  else ports.replies.drop(reply);
}

/** Sends one reply; one that the homeserver refuses for good (the bot was removed, say) is dropped, since no retry will mend it. */
export async function sendOrDrop(reply: Reply, ports: Pick<DeliverPorts, 'replies' | 'send' | 'log'>): Promise<void> {
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
