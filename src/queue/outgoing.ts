// Owns the work that consumers leave behind: it goes on beside them, and how much of it there is in each room is known.

export type Outgoing = {
  /** Starts `work`; whoever calls goes on at once, for a room that cannot be sent to may not hold up any other. */
  run(roomId: string, work: () => Promise<void>): void;
  /** Rooms in which `max` or more are under way: nothing more is to be begun for them. */
  full(max: number): ReadonlySet<string>;
  /** Resolves when nothing is under way. */
  settled(): Promise<void>;
};

/** `onError` hears of work that failed, `onEnd` of each that ended. */
export function createOutgoing({ onError, onEnd }: { onError(error: unknown): void; onEnd(): void }): Outgoing {
  const underWay = new Map<Promise<void>, string>();
  return {
    run(roomId, work) {
      const task: Promise<void> = work()
        .catch(onError)
        .finally(() => {
          underWay.delete(task);
          onEnd();
        });
      underWay.set(task, roomId);
    },
    full(max) {
      const counts = new Map<string, number>();
      for (const roomId of underWay.values()) counts.set(roomId, (counts.get(roomId) ?? 0) + 1);
      return new Set([...counts].filter(([, count]) => count >= max).map(([roomId]) => roomId));
    },
    async settled() {
      while (underWay.size > 0) await Promise.all(underWay.keys());
    },
  };
}
