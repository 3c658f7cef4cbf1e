// Owns the homeserver's one stream position, its tokens, and the waking of long polls.
import { badRequest } from './errors.ts';

export class Feed {
  #position = 0;
  readonly #waiting = new Set<() => void>();

  get position(): number {
    return this.#position;
  }

  /** Takes the next position and wakes everybody; the caller stores what stands there before it awaits anything. */
  next(): number {
    this.#position += 1;
    for (const wake of [...this.#waiting]) wake();
    return this.#position;
  }

  /** Resolves with the next change, after `timeoutMs`, or when `signal` aborts. */
  change(timeoutMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, timeoutMs);
      this.#waiting.add(done);
      signal.addEventListener('abort', done);
      if (signal.aborted) done();
    });
  }
}

/** The token of a position: it stands between the event there and the next one. */
export const tokenOf = (position: number) => `s${position}`;

/** The position that a token names; null without a token. Throws 400 for anything else. */
export function positionOf(token: string | null): number | null {
  if (token === null) return null;
  const match = /^s(\d+)$/.exec(token);
  if (!match) throw badRequest('M_UNKNOWN', `Invalid stream token '${token}'`);
  return Number(match[1]);
}
