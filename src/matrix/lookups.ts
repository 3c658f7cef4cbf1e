// Owns the questions that are asked while a sync is read: an outage makes the sync come again, but none holds it up for ever.
import type { MatrixClient } from 'matrix-bot-sdk';
import { AppError } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import { fieldsOf, type RawEvent, textOf } from './events.ts';
import { refusalOf } from './http.ts';

export type Lookups = {
  /** The event; null: the homeserver does not show it. Throws what an outage throws, so that the sync is tried again. */
  event(roomId: string, eventId: string): Promise<RawEvent | null>;
  /** The bot's display name, asked until the homeserver says it; null: it has none, or it cannot be had now. Throws like `event`. */
  displayName(): Promise<string | null>;
  /** The bot's name has changed. */
  forgetDisplayName(): void;
};

const TIMEOUT_MS = 10_000;
/** With the pauses of the sync loop between them: eight seconds, and then nothing else waits for a homeserver that fails at just this. */
const MAX_FAILURES = 6;

/** Lookups for one account; they remember, over several tries of a sync, what failed. */
export function createLookups(client: MatrixClient, selfId: string, log: Log): Lookups {
  const failures = new Map<string, number>();
  let name: string | null | undefined;

  /** Null: it is not there. Undefined: the homeserver does not say, and this try of the sync goes on without. */
  const get = async (path: string): Promise<unknown> => {
    try {
      const answer = await client.doRequest('GET', `/_matrix/client/v3${path}`, null, null, TIMEOUT_MS);
      failures.delete(path);
      return answer;
    } catch (error) {
      if (!isToBeMissed(error, path)) throw error;
      return refusalOf(error)?.status === 404 ? null : undefined;
    }
  };

  const isToBeMissed = (error: unknown, path: string): boolean => {
    const refusal = refusalOf(error);
    // Of a login that was ended the sync loop has to hear.
    if (refusal) return refusal.status !== 401;
    if (!(error instanceof AppError) || error.code !== 'homeserver_unavailable') return false;
    const count = (failures.get(path) ?? 0) + 1;
    failures.set(path, count);
    if (count === MAX_FAILURES)
      log.warn({ reason: error.message, path }, 'the homeserver fails to answer; not waiting');
    return count >= MAX_FAILURES;
  };

  return {
    async event(roomId, eventId) {
      const path = `/rooms/${encodeURIComponent(roomId)}/event/${encodeURIComponent(eventId)}`;
      const answer = await get(path);
      // Each event is given up once: its count would stay in memory.
      failures.delete(path);
      return answer === null || answer === undefined ? null : fieldsOf(answer);
    },
    async displayName() {
      if (name !== undefined) return name;
      const answer = await get(`/profile/${encodeURIComponent(selfId)}/displayname`);
      // The next sync asks again, once and without a wait as long as it fails.
      if (answer === undefined) return null;
      name = textOf(fieldsOf(answer).displayname) ?? null;
      return name;
    },
    forgetDisplayName() {
      name = undefined;
    },
  };
}
