// Owns not reading the same file twice: whole answers are kept by what they depend on, and a file that is being read is waited for.
import type { Answer } from '../domain/answer.ts';
import { toAppError } from '../domain/errors.ts';
import type { ResultLedger } from '../domain/ledger.ts';
import type { Log } from '../domain/log.ts';
import type { Meter } from '../domain/meter.ts';
import type { Note } from '../domain/reading.ts';

export type KnownAnswersDeps = {
  results: ResultLedger;
  /** Null: nothing is kept, but what is being read at this moment is still waited for. */
  maxAgeMs: number | null;
  meter: Pick<Meter, 'cacheAsked'>;
  clock(): number;
  log: Log;
};

/** The job that wants an answer, and what the answer depends on; null: it shares with none. */
export type Wanted = { eventId: string; roomId: string; fileName: string; key: string | null };

export type KnownAnswers = {
  /**
   * The answer that is known under the key, or what `work` finds. While another job works on the same key it is waited for.
   * Rejects as `work` does, or with the signal's reason.
   */
  answer(wanted: Wanted, work: () => Promise<Answer>, signal: AbortSignal): Promise<Answer>;
};

/** Answers of one process and its ledger. */
export function createKnownAnswers({ results, maxAgeMs, meter, clock, log }: KnownAnswersDeps): KnownAnswers {
  const underWay = new Map<string, Promise<unknown>>();

  const find = (key: string, { eventId, roomId, fileName }: Wanted): Answer | null => {
    const known = maxAgeMs === null ? null : results.find(key, clock() - maxAgeMs);
    if (!known) return null;
    const readAtMs = results.usedInRoom(key, roomId, eventId);
    results.use(key, eventId);
    // What other rooms post is nobody's business: there it looks like any other answer.
    const notes: Note[] = readAtMs === null ? [] : [{ kind: 'read_before', atMs: readAtMs }];
    return { ...known, fileName, notes: [...known.notes, ...notes] };
  };

  /** What cannot be kept (on a full disk, say) is given all the same. */
  const keep = (key: string, eventId: string, answer: Answer): void => {
    if (maxAgeMs === null || !isWhole(answer)) return;
    try {
      results.save(key, eventId, answer);
    } catch (thrown) {
      log.warn({ job: eventId, code: toAppError(thrown).code }, 'an answer could not be kept for the same file');
    }
  };

  return {
    async answer(wanted, work, signal) {
      const { key, eventId } = wanted;
      if (key === null) return work();
      let hasWaited = false;
      for (let other = underWay.get(key); other; other = underWay.get(key)) {
        hasWaited = true;
        await settled(other, signal);
      }
      const known = find(key, wanted);
      meter.cacheAsked(known ? (hasWaited ? 'joined' : 'hit') : 'miss');
      if (known) return known;
      const own = work();
      underWay.set(key, own);
      try {
        const answer = await own;
        keep(key, eventId, answer);
        return answer;
      } finally {
        underWay.delete(key);
      }
    },
  };
}

/** Resolves however `other` ends; rejects with the signal's reason. */
async function settled(other: Promise<unknown>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await Promise.race([other.catch(() => undefined), aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** What such notes tell would be told again by the next reading of the same file. */
const OF_THE_FILE: readonly Note['kind'][] = ['damaged', 'summary_limit', 'ocr_language', 'pages_without_text'];

/** Whether nothing is missing from an answer that another attempt, or another day, might bring. */
export function isWhole({ notes }: Pick<Answer, 'notes'>): boolean {
  return notes.every(({ kind }) => OF_THE_FILE.includes(kind));
}
