// Owns the sends that may wait or be dropped: reactions, progress, clean-up.
import { toAppError } from '../domain/errors.ts';
import type { ReplyLedger } from '../domain/ledger.ts';
import type { Log } from '../domain/log.ts';
import type { Reply } from '../domain/reply.ts';
import type { SendBudget } from './budget.ts';
import { answeredStatus, refusalOf } from './http.ts';

export type OptionalSendsDeps = {
  put(reply: Reply, revision: number): Promise<string>;
  replies: Pick<ReplyLedger, 'find' | 'save' | 'markSent' | 'drop'>;
  budget: SendBudget;
  answersToCome(): number;
  takeBack(reply: Reply, sentEventId: string): void;
  signal: AbortSignal;
  clock(): number;
  log: Log;
};

export type Offer = {
  /** The event id once it is sent; null once it is dropped. */
  sent: Promise<string | null>;
  /** Takes the offer back: null if it was never sent, else its event id (a request under way is waited for). */
  withdraw(): Promise<string | null>;
};
export type OfferOptions = {
  /** 0 sends the reply itself; each edit of it counts up. */
  revision: number;
  /** After this it is stale and dropped. */
  expiresAtMs: number;
  /**
   * `save`: it is kept in the ledger before it is sent, so that a crash leaves a trace of it. `saved`: it stands there already, is
   * sent as it stands there then, or not at all when it does no more, and waits through outages. `no`: nobody misses it.
   */
  keep: 'save' | 'saved' | 'no';
};
export type OptionalSends = {
  offer(reply: Reply, options: OfferOptions): Offer;
  /** Looks whether something may go now. */
  wake(): void;
};

/** After a send that an outage cut off. */
const OUTAGE_PAUSE_MS = 5_000;
/** A pause is reckoned with the answers to come; a job that is put away meanwhile shortens it, and nothing tells of that. */
const LOOK_AGAIN_MS = 500;

type Item = {
  reply: Reply;
  options: OfferOptions;
  settled: PromiseWithResolvers<string | null>;
  isSending: boolean;
  isWithdrawn: boolean;
};

/** Sends one at a time, oldest first, whenever the budget leaves room. */
export function createOptionalSends(deps: OptionalSendsDeps): OptionalSends {
  const { budget, replies, log, clock } = deps;
  const items: Item[] = [];
  let timer: NodeJS.Timeout | undefined;
  let isSending = false;
  let pausedUntilMs = 0;
  const failingUntilMs = new Map<string, number>();

  const drop = (item: Item): void => {
    const index = items.indexOf(item);
    if (index >= 0) items.splice(index, 1);
    // What was never sent, or was refused for the rate, left no trace in the room: it needs none in the ledger.
    // What an earlier life kept may stand there all the same: its row goes only when it is stale.
    const { keep } = item.options;
    if (keep === 'save' || (keep === 'saved' && !item.isWithdrawn)) forget(item.reply);
    item.settled.resolve(null);
  };

  /** A row that a full disk keeps is sent, or dropped, after the next start. */
  const forget = (reply: Reply): void => {
    try {
      replies.drop(reply);
    } catch (error) {
      log.warn({ err: error, part: reply.part }, 'the ledger could not drop a reply');
    }
  };

  const sendNext = async (item: Item): Promise<void> => {
    item.isSending = true;
    items.splice(items.indexOf(item), 1);
    try {
      const { keep, revision } = item.options;
      if (keep === 'save') replies.save(item.reply);
      const kept = revision > 0 ? null : replies.find(item.reply.sourceEventId, item.reply.part);
      if (keep === 'saved' && !isSame(kept?.reply, item.reply)) return item.settled.resolve(null);
      if (kept?.sentEventId) return item.settled.resolve(kept.sentEventId);
      const reply = kept?.reply ?? item.reply;
      const eventId = await deps.put(reply, revision);
      budget.spent();
      const isKnown = revision > 0 || replies.markSent(reply, eventId);
      if (keep !== 'no' && !isKnown) deps.takeBack(reply, eventId);
      item.settled.resolve(eventId);
    } catch (thrown) {
      giveUp(item, thrown);
    }
  };

  const giveUp = (item: Item, thrown: unknown): void => {
    const error = toAppError(thrown);
    if (error.code === 'homeserver_rate_limited' && !deps.signal.aborted) {
      budget.limited(error.retryAfterMs ?? 5_000);
      item.isSending = false;
      if (item.isWithdrawn) drop(item);
      else items.unshift(item);
      return;
    }
    const isPatient = item.options.keep === 'saved' && !item.isWithdrawn;
    if (error.code === 'homeserver_unavailable' && isPatient && !deps.signal.aborted) {
      item.isSending = false;
      const untilMs = clock() + OUTAGE_PAUSE_MS;
      // What answers is there: it fails at this room alone, as far as is known.
      if (answeredStatus(error) === null) pausedUntilMs = untilMs;
      else failingUntilMs.set(item.reply.roomId, untilMs);
      items.push(item);
      return;
    }
    log.debug({ code: error.code, reason: error.message, part: item.reply.part }, 'optional send dropped');
    // A refused one would be refused again after a restart; one cut off by an outage, or the end of a login, stays in the ledger.
    if (error.code === 'homeserver_refused' && refusalOf(error)?.status !== 401) forget(item.reply);
    item.settled.resolve(null);
  };

  /** Whether its room is not one that the homeserver has just failed at. */
  const isFree = ({ reply: { roomId } }: Item): boolean => {
    const untilMs = failingUntilMs.get(roomId);
    if (untilMs === undefined) return true;
    if (untilMs > clock()) return false;
    return failingUntilMs.delete(roomId);
  };

  const wake = (): void => {
    clearTimeout(timer);
    if (deps.signal.aborted) return;
    // Those behind the first are looked at when it is their turn.
    let next = items.find(isFree);
    for (; next && next.options.expiresAtMs <= clock(); next = items.find(isFree)) drop(next);
    if (isSending || items.length === 0) return;
    const pauseMs = Math.max(pausedUntilMs - clock(), budget.optionalPauseMs(deps.answersToCome()));
    if (!next || pauseMs > 0) {
      timer = setTimeout(wake, next ? Math.min(pauseMs, LOOK_AGAIN_MS) : LOOK_AGAIN_MS);
      timer.unref();
      return;
    }
    isSending = true;
    void sendNext(next).finally(() => {
      isSending = false;
      wake();
    });
  };

  return {
    wake,
    offer(reply, options) {
      const item: Item = { reply, options, settled: Promise.withResolvers(), isSending: false, isWithdrawn: false };
      items.push(item);
      wake();
      return {
        sent: item.settled.promise,
        withdraw() {
          item.isWithdrawn = true;
          if (!item.isSending) drop(item);
          return item.settled.promise;
        },
      };
    },
  };
}

/** A row that was taken back and said anew is another one. */
function isSame(kept: Reply | undefined, offered: Reply): boolean {
  return kept !== undefined && (kept.takenBack ?? 0) === (offered.takenBack ?? kept.takenBack ?? 0);
}
