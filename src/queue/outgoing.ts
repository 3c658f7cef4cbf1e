// Owns the work that consumers leave behind: it goes on beside them, and how much of it there is in each room is known.

export type Work = { roomId: string; work(): Promise<void> };

export type Outgoing = {
  /** Starts `work`; whoever calls goes on at once, for a room that cannot be sent to may not hold up any other. */
  run(roomId: string, work: () => Promise<void>): void;
  /** Starts what an earlier life left behind, in its order: at most `max` of a room at a time, so that any number of it takes little memory. */
  runInTurn(all: readonly Work[], max: number): void;
  /** Rooms in which `max` or more are under way: nothing more is to be begun for them. */
  full(max: number): ReadonlySet<string>;
  /** Begins nothing more of what waits for its turn; resolves when nothing of `run` is under way. What waited since an earlier life can wait. */
  drain(): Promise<void>;
};

/** `onError` hears of work that failed, `onEnd` of each that ended. */
export function createOutgoing({ onError, onEnd }: { onError(error: unknown): void; onEnd(): void }): Outgoing {
  const underWay = new Set<Promise<void>>();
  const counts = new Map<string, number>();
  let isDraining = false;

  const count = (roomId: string, change: 1 | -1): void => {
    const sum = (counts.get(roomId) ?? 0) + change;
    if (sum === 0) counts.delete(roomId);
    else counts.set(roomId, sum);
  };

  const start = ({ roomId, work }: Work, onRoom: () => void): void => {
    count(roomId, 1);
    void work()
      .catch(onError)
      .finally(() => {
        count(roomId, -1);
        onRoom();
        onEnd();
      });
  };

  return {
    run(roomId, work) {
      const { promise, resolve } = Promise.withResolvers<void>();
      underWay.add(promise);
      start({ roomId, work }, () => {
        underWay.delete(promise);
        resolve();
      });
    },
    runInTurn(all, max) {
      for (const ofRoom of Map.groupBy(all, ({ roomId }) => roomId).values()) {
        const line = ofRoom.values();
        const next = (): void => {
          const { value } = isDraining ? { value: undefined } : line.next();
          if (value) start(value, next);
        };
        for (let started = 0; started < max; started += 1) next();
      }
    },
    full: (max) => new Set([...counts].filter(([, sum]) => sum >= max).map(([roomId]) => roomId)),
    async drain() {
      isDraining = true;
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}
