// Owns what a member has seen: the events of each room in order, invites, and those who wait for an event.
import { AppError } from '../domain/errors.ts';
import type { RoomEvent } from './events.ts';

export type SeenEvent = RoomEvent & { room_id: string };

export type WaitOptions = {
  /** Default 10 s. */
  timeoutMs?: number;
  /** What is waited for, in the words of the failure. */
  description?: string;
};

type Waiter = { roomId: string; predicate: (event: SeenEvent) => boolean; resolve: (event: SeenEvent) => void };

const DEFAULT_WAIT_MS = 10_000;

export class MemberRooms {
  readonly #events = new Map<string, SeenEvent[]>();
  readonly #known = new Set<string>();
  readonly #waiters = new Set<Waiter & { fail: (error: Error) => void }>();

  /** Events in order; those seen before are passed over. */
  add(roomId: string, events: RoomEvent[]): void {
    const seen = this.#events.get(roomId) ?? [];
    this.#events.set(roomId, seen);
    for (const event of events) {
      if (this.#known.has(event.event_id)) continue;
      this.#known.add(event.event_id);
      const full = { ...event, room_id: roomId };
      seen.push(full);
      for (const waiter of [...this.#waiters]) {
        if (waiter.roomId === roomId && waiter.predicate(full)) waiter.resolve(full);
      }
    }
  }

  timeline(roomId: string): SeenEvent[] {
    return [...(this.#events.get(roomId) ?? [])];
  }

  all(): SeenEvent[] {
    return [...this.#events.values()].flat();
  }

  /** The first event that fits, seen already or still to come; rejects after the time with what was seen instead. */
  waitFor(roomId: string, predicate: Waiter['predicate'], options: WaitOptions): Promise<SeenEvent> {
    const { timeoutMs = DEFAULT_WAIT_MS, description = 'an event' } = options;
    const seen = this.timeline(roomId).find(predicate);
    if (seen) return Promise.resolve(seen);
    return new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
      };
      const waiter = {
        roomId,
        predicate,
        resolve: (event: SeenEvent) => {
          end();
          resolve(event);
        },
        fail: (error: Error) => {
          end();
          reject(error);
        },
      };
      const timer = setTimeout(() => {
        const last = this.timeline(roomId).slice(-5).map(inShort).join('\n  ');
        waiter.fail(new AppError('timeout', `no ${description} within ${timeoutMs} ms; last seen:\n  ${last}`));
      }, timeoutMs);
      this.#waiters.add(waiter);
    });
  }

  /** Everybody who still waits gets this error. */
  failWaiting(error: Error): void {
    for (const waiter of [...this.#waiters]) waiter.fail(error);
  }
}

function inShort({ sender, type, content }: SeenEvent): string {
  return `${sender} ${type} ${JSON.stringify(content).slice(0, 200)}`;
}
