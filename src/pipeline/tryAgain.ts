// Owns what members do about an upload that failed: a 🔁 on it, or “!lector retry”.
import type { Command, Incoming } from '../domain/incoming.ts';
import type { Ledger } from '../domain/ledger.ts';
import type { Reply } from '../domain/reply.ts';
import { memberTurn } from './memberTurn.ts';
import { takeBackAnswer } from './takeBack.ts';

type Deps = {
  ledger: Pick<Ledger, 'jobs' | 'replies' | 'members'>;
  /** Each try counts as an upload of whoever wants it; null: no limit. */
  memberUploadsPerMinute: number | null;
  clock(): number;
};

/** `left`: uploads that would be more than a minute allows; `saidOf`: what is sent to take back the sentence that it failed. */
export type TriedAgain = { count: number; left: number; saidOf: Reply[] };

const NONE: TriedAgain = { count: 0, left: 0, saidOf: [] };

/** For one command: what it takes back is sent before the room's answers. */
const MAX_AT_ONCE = 20;

/** By a 🔁 of the one who posted it, on the upload or on what Lector said of it; anything else does nothing. */
export function tryAgainByReaction(
  { targetEventId, roomId, sender }: Extract<Incoming, { kind: 'retry' }>,
  deps: Deps,
): TriedAgain {
  const eventId = uploadOf(targetEventId, roomId, deps);
  if (eventId === null || deps.ledger.jobs.get(eventId)?.upload.sender !== sender) return NONE;
  return tryAgain([eventId], { roomId, sender }, deps);
}

/** The upload that the command replies to or stands in the thread of; else all that failed in the room. */
export function tryAgainByCommand({ roomId, sender, replyToId, threadRootId }: Command, deps: Deps): TriedAgain {
  const meant = [replyToId, threadRootId].filter((id) => id !== undefined);
  const eventId = meant.map((id) => uploadOf(id, roomId, deps)).find((id) => id !== null);
  if (eventId !== undefined) return tryAgain([eventId], { roomId, sender }, deps);
  const all = deps.ledger.jobs.failures({ postedSinceMs: 0, roomId });
  return tryAgain(
    all.map(({ upload }) => upload.eventId),
    { roomId, sender },
    deps,
  );
}

function uploadOf(eventId: string, roomId: string, { ledger }: Deps): string | null {
  const ids = [eventId, ledger.replies.sourceOf(eventId)];
  return ids.find((id) => id !== null && ledger.jobs.get(id)?.upload.roomId === roomId) ?? null;
}

function tryAgain(eventIds: readonly string[], by: { roomId: string; sender: string }, deps: Deps): TriedAgain {
  const tried: TriedAgain = { ...NONE, saidOf: [] };
  for (const eventId of eventIds) {
    if (tried.count >= MAX_AT_ONCE || !hasTurn(by.sender, deps)) tried.left += 1;
    else if (deps.ledger.jobs.retry(eventId) === 'retried') {
      takeTurn(by.sender, deps);
      tried.count += 1;
      tried.saidOf.push(...takeBackAnswer(by.roomId, eventId, deps));
    }
  }
  return tried;
}

function hasTurn(sender: string, { ledger, memberUploadsPerMinute, clock }: Deps): boolean {
  if (memberUploadsPerMinute === null) return true;
  return memberTurn(ledger.members.turnAtMs(sender), clock(), memberUploadsPerMinute).dueAtMs === null;
}

function takeTurn(sender: string, { ledger, memberUploadsPerMinute, clock }: Deps): void {
  if (memberUploadsPerMinute === null) return;
  const { turnAtMs } = memberTurn(ledger.members.turnAtMs(sender), clock(), memberUploadsPerMinute);
  ledger.members.setTurn(sender, turnAtMs);
}
