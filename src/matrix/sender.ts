// Owns the order of sending: answers first and in order per room, optional replies when the homeserver's limit leaves room.
import { setTimeout as sleep } from 'node:timers/promises';
import { type AppError, type ErrorCode, toAppError } from '../domain/errors.ts';
import type { ReplyLedger } from '../domain/ledger.ts';
import type { Log } from '../domain/log.ts';
import type { Reply, ReplyKey } from '../domain/reply.ts';
import type { SendBudget } from './budget.ts';
import { answeredStatus, refusalOf } from './http.ts';
import { createOptionalSends, type OptionalSends } from './optionalSends.ts';

export type SenderDeps = {
  /** One PUT with the reply's own transaction id; repeating it is harmless as long as the homeserver remembers the id. */
  put(reply: Reply, revision: number): Promise<string>;
  /** Looks in the room for the event that is this reply; null: it is not there. */
  findSent(reply: Reply): Promise<string | null>;
  /** Transaction ids are those of a login (of its device, since v1.7 of the client-server API): what is older may not be known by them. */
  loggedInAtMs: number;
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
  send(reply: ReplyKey): Promise<string | null>;
};

/** Most often it is a connection that was closed while it was idle. */
const FIRST_RETRY_MS = 250;
const MAX_RETRY_MS = 30_000;
const DEFAULT_LIMIT_WAIT_MS = 5_000;
/** Synapse keeps transaction ids in memory for 30 to 60 minutes, and in its database for a day; other homeservers promise nothing. */
export const TRANSACTION_MEMORY_MS = 30 * 60_000;
/** A homeserver that fails so often at one reply may fail at just this one: the others of its room go first from then on. */
const MAX_FAILURES_IN_FRONT = 8;

/** Sending again after the ledger could not take the event id is harmless, too. */
const MAY_PASS: readonly ErrorCode[] = [
  'homeserver_unavailable',
  'storage_full',
  'storage_unwritable',
  'storage_locked',
];

/** No text: many may wait for a room that cannot be sent to. */
type Item = { reply: ReplyKey; waits: number; failures: number; settled: PromiseWithResolvers<string | null> };

/** A sender for one account. */
export function createSender(deps: SenderDeps): Sender {
  const { budget, replies, signal, log } = deps;
  const lines = new Map<string, Item[]>();
  let waiting = 0;
  const put = async (reply: Reply, revision: number) =>
    (revision === 0 && isLongAgo(reply, deps) ? await deps.findSent(reply) : null) ?? (await deps.put(reply, revision));
  const optional = createOptionalSends({ ...deps, put, answersToCome: () => waiting + deps.answersToCome() });

  const sendOnce = async ({ sourceEventId, part }: ReplyKey): Promise<string | null> => {
    const kept = replies.find(sourceEventId, part);
    if (!kept || kept.sentEventId) return kept?.sentEventId ?? null;
    const eventId = await put(kept.reply, 0);
    budget.spent();
    if (!replies.markSent(kept.reply, eventId)) deps.takeBack(kept.reply, eventId);
    return eventId;
  };

  /** Waits as long as the failure asks for; throws what no waiting mends. */
  const putOff = async (item: Item, error: AppError, line: readonly Item[]): Promise<void> => {
    const { part, roomId: room } = item.reply;
    const isLimited = error.code === 'homeserver_rate_limited';
    if (!isLimited && !mayPass(error)) throw error;
    log.warn({ code: error.code, reason: error.message, part, room }, 'send put off');
    if (isLimited) {
      budget.limited(error.retryAfterMs ?? DEFAULT_LIMIT_WAIT_MS);
      return;
    }
    const waitMs = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** item.waits);
    item.waits += 1;
    if (answeredStatus(error) !== null) item.failures += 1;
    const makesWay = item.failures === MAX_FAILURES_IN_FRONT && nextOf(line) !== item;
    if (makesWay) log.warn({ part, room }, 'the homeserver fails at this message: others of its room go first');
    else await sleep(waitMs, undefined, { signal });
  };

  const workOn = async (item: Item, line: Item[]): Promise<void> => {
    const leave = () => {
      line.splice(line.indexOf(item), 1);
      waiting -= 1;
    };
    try {
      let pauseMs = 0;
      do {
        await sleep(pauseMs, undefined, { signal });
        pauseMs = budget.pauseMs();
      } while (pauseMs > 0);
      const eventId = await sendOnce(item.reply).catch((thrown) => {
        signal.throwIfAborted();
        return putOff(item, toAppError(thrown), line).then(() => undefined);
      });
      if (eventId === undefined) return;
      leave();
      item.settled.resolve(eventId);
    } catch (thrown) {
      leave();
      item.settled.reject(thrown);
    }
    optional.wake();
  };

  const workOff = async (roomId: string, line: Item[]): Promise<void> => {
    for (let item = nextOf(line); item; item = nextOf(line)) await workOn(item, line);
    lines.delete(roomId);
  };

  return {
    offer: optional.offer,
    send({ roomId, sourceEventId, part }) {
      const item: Item = {
        reply: { roomId, sourceEventId, part },
        waits: 0,
        failures: 0,
        settled: Promise.withResolvers(),
      };
      waiting += 1;
      const line = lines.get(roomId);
      if (line) line.push(item);
      else {
        const fresh = [item];
        lines.set(roomId, fresh);
        void workOff(roomId, fresh);
      }
      return item.settled.promise;
    },
  };
}

/** The oldest, but for those that the homeserver fails at: these take turns when there is nothing else. */
function nextOf(line: readonly Item[]): Item | undefined {
  const leastFailures = Math.min(...line.map(({ failures }) => failures));
  const most = Math.max(leastFailures, MAX_FAILURES_IN_FRONT - 1);
  return line.find(({ failures }) => failures <= most);
}

/** What a login that was ended keeps from being sent is sent with the next one. */
function mayPass(error: AppError): boolean {
  return MAY_PASS.includes(error.code) || refusalOf(error)?.status === 401;
}

/** Whether the homeserver may have forgotten the transaction id of a reply that it got, or knows it of another login. 0: nobody knows when it was saved. */
function isLongAgo({ savedAtMs }: Reply, { clock, loggedInAtMs }: SenderDeps): boolean {
  // What was never in the ledger is new.
  if (savedAtMs === undefined) return false;
  // A clock that was set back makes the past a future.
  return Math.abs(clock() - savedAtMs) > TRANSACTION_MEMORY_MS || savedAtMs < loggedInAtMs;
}
