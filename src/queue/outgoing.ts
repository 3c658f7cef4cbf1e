// Owns the work that consumers leave behind: it goes on beside them, at most so much of it at a time.

export type Outgoing = {
  /** Starts `work`; resolves at once while there is room, else when something under way has ended. */
  run(work: () => Promise<void>): Promise<void>;
  /** Resolves when nothing is under way. */
  settled(): Promise<void>;
};

/** `onError` hears of work that failed. */
export function createOutgoing(max: number, onError: (error: unknown) => void): Outgoing {
  const underWay = new Set<Promise<void>>();
  return {
    async run(work) {
      const task: Promise<void> = work()
        .catch(onError)
        .finally(() => underWay.delete(task));
      underWay.add(task);
      if (underWay.size >= max) await Promise.race(underWay);
    },
    async settled() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}
