// Owns the look-out for a server that is left alone: one that had gone altogether is tried as soon as it is there again.

export type ReturnWatch = {
  /** The server is left alone from now on. */
  start(): void;
  /** It is called again. */
  stop(): void;
};

export type ReturnWatchOptions = {
  /** One cheap look, which asks nothing of the model; never rejects. */
  isThere(): Promise<boolean>;
  onReturn(): void;
};

const LOOK_EVERY_MS = 5_000;

/**
 * Looks every 5 s while the server is left alone, but not at one that is there all the time and fails at its work: its look says nothing
 * of that, and only time can.
 */
export function createReturnWatch({ isThere, onReturn }: ReturnWatchOptions): ReturnWatch {
  let timer: NodeJS.Timeout | undefined;
  let watch = 0;

  const look = async (own: number, isFirst: boolean): Promise<void> => {
    const isBack = await isThere();
    if (own !== watch) return;
    if (!isBack) timer = setTimeout(() => void look(own, false), LOOK_EVERY_MS).unref();
    else if (!isFirst) onReturn();
  };

  const stop = (): void => {
    clearTimeout(timer);
    watch++;
  };

  return {
    stop,
    start() {
      stop();
      void look(watch, true);
    },
  };
}
