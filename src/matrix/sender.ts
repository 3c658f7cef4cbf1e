// Owns the order of sending: answers first and in order per room, optional replies when the homeserver's limit leaves room.
import { setTimeout as sleep } from 'node:timers/promises';
import { type ErrorCode, toAppError } from '../domain/errors.ts';
import type { ReplyLedger } from '../domain/ledger.ts';
import type { Log } from '../domain/log.ts';
import type { Reply } from '../domain/reply.ts';
import type { SendBudget } from './budget.ts';
import { createOptionalSends, type OptionalSends } from './optionalSends.ts';

export type SenderDeps = {
  /** One PUT with the reply's own transaction id; repeating it is harmless. */
  put(reply: Reply, revision: number): Promise<string>;
  replies: Pick<ReplyLedger, 'find' | 'save' | 'markSent' | 'drop'>;
  /** Called with what was sent although the ledger dropped it meanwhile: its upload was redacted while the request was under way. */
  takeBack(reply: Reply, sentEventId: string): void;
  budget: SendBudget;
  /** Answers that jobs in memory will still want to send. */
  answersToCome(): number;
  signal: AbortSignal;
  clock(): number;
  log: Log;
};

export type Sender = Pick<OptionalSends, 'offer'> & {
  /**
   * Sends a reply of the ledger after those sent to the room before it, and returns its event id; null: the ledger dropped it
   * before its turn. Tries again through outages, rate limits and a full disk until it is sent; rejects with
   * `homeserver_refused` or when `signal` aborts.
   */
  send(reply: Reply): Promise<string | null>;
};

const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 30_000;
const DEFAULT_LIMIT_WAIT_MS = 5_000;

/** Sending again after the ledger could not take the event id is harmless, too. */
const MAY_PASS: readonly ErrorCode[] = ['homeserver_unavailable', 'storage_full'];

/** A sender for one account. */
export function createSender(deps: SenderDeps): Sender {
  const { budget, replies, signal, log } = deps;
  const tails = new Map<string, Promise<unknown>>();
  let waiting = 0;
  const optional = createOptionalSends({ ...deps, answersToCome: () => waiting + deps.answersToCome() });

  const attempt = async (reply: Reply): Promise<string | null> => {
    for (let failures = 0; ; failures += 1) {
      await sleep(budget.pauseMs(), undefined, { signal });
      try {
        const kept = replies.find(reply.sourceEventId, reply.part);
        if (!kept || kept.sentEventId) return kept?.sentEventId ?? null;
        const eventId = await deps.put(reply, 0);
        budget.spent();
        if (!replies.markSent(reply, eventId)) deps.takeBack(reply, eventId);
        return eventId;
      } catch (thrown) {
        signal.throwIfAborted();
        const error = toAppError(thrown);
        const isLimited = error.code === 'homeserver_rate_limited';
        if (!isLimited && !MAY_PASS.includes(error.code)) throw error;
        log.warn({ code: error.code, reason: error.message, part: reply.part, room: reply.roomId }, 'send put off');
        if (isLimited) budget.limited(error.retryAfterMs ?? DEFAULT_LIMIT_WAIT_MS);
        else await sleep(Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** failures), undefined, { signal });
      }
    }
  };

  return {
    offer: optional.offer,
    send(reply) {
      waiting += 1;
      const before = tails.get(reply.roomId) ?? Promise.resolve();
      const sent = before
        .catch(() => undefined)
        .then(() => attempt(reply))
        .finally(() => {
          waiting -= 1;
          if (tails.get(reply.roomId) === sent) tails.delete(reply.roomId);
          optional.wake();
        });
      tails.set(reply.roomId, sent);
      return sent;
    },
  };
}
