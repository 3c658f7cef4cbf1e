// Owns what members do about an upload that failed: a 🔁 on it, or “!lector retry”.
import type { Command, Incoming } from '../domain/incoming.ts';
import type { Ledger } from '../domain/ledger.ts';
import type { Reply } from '../domain/reply.ts';
import { takeBackAnswer } from './takeBack.ts';

type Deps = { ledger: Pick<Ledger, 'jobs' | 'replies'> };

/** `saidOf`: what is sent to take back the sentence that it failed. */
export type TriedAgain = { count: number; saidOf: Reply[] };

const NONE: TriedAgain = { count: 0, saidOf: [] };

/** By a 🔁 of the one who posted it, on the upload or on what Lector said of it; anything else does nothing. */
export function tryAgainByReaction(
  { targetEventId, roomId, sender }: Extract<Incoming, { kind: 'retry' }>,
  deps: Deps,
): TriedAgain {
  const eventId = uploadOf(targetEventId, roomId, deps);
  if (eventId === null || deps.ledger.jobs.get(eventId)?.upload.sender !== sender) return NONE;
  return tryAgain([eventId], roomId, deps);
}

/** The upload that the command replies to or stands in the thread of; else all that failed in the room. */
export function tryAgainByCommand({ roomId, replyToId, threadRootId }: Command, deps: Deps): TriedAgain {
  const meant = [replyToId, threadRootId].filter((id) => id !== undefined);
  const eventId = meant.map((id) => uploadOf(id, roomId, deps)).find((id) => id !== null);
  if (eventId !== undefined) return tryAgain([eventId], roomId, deps);
  const all = deps.ledger.jobs.failures({ postedSinceMs: 0, roomId });
  return tryAgain(
    all.map(({ upload }) => upload.eventId),
    roomId,
    deps,
  );
}

function uploadOf(eventId: string, roomId: string, { ledger }: Deps): string | null {
  const ids = [eventId, ledger.replies.sourceOf(eventId)];
  return ids.find((id) => id !== null && ledger.jobs.get(id)?.upload.roomId === roomId) ?? null;
}

function tryAgain(eventIds: readonly string[], roomId: string, deps: Deps): TriedAgain {
  const tried = eventIds.filter((eventId) => deps.ledger.jobs.retry(eventId) === 'retried');
  return { count: tried.length, saidOf: tried.flatMap((eventId) => takeBackAnswer(roomId, eventId, deps)) };
}
