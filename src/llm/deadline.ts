// Owns ending a call that takes too long, whether it listens or not.

export type DeadlineLimits = {
  /** Without a sign of life. */
  silenceMs: number;
  /** However lively. */
  totalMs: number;
};

/**
 * Runs `call` with a signal that aborts with the caller's, or when a limit is passed; each `alive()` starts the silence
 * anew. Rejects at once in both cases, with the caller's reason or with `expired()`, even when the call never ends.
 */
export async function withDeadline<T>(
  limits: DeadlineLimits,
  caller: AbortSignal,
  expired: () => Error,
  call: (signal: AbortSignal, alive: () => void) => Promise<T>,
): Promise<T> {
  caller.throwIfAborted();
  const controller = new AbortController();
  const ended = Promise.withResolvers<never>();
  const end = (reason: unknown) => {
    controller.abort(reason);
    ended.reject(reason);
  };

  const onAbort = () => end(caller.reason);
  const onExpiry = () => end(expired());
  caller.addEventListener('abort', onAbort, { once: true });
  const silence = setTimeout(onExpiry, limits.silenceMs);
  const total = setTimeout(onExpiry, limits.totalMs);
  try {
    return await Promise.race([call(controller.signal, () => silence.refresh()), ended.promise]);
  } finally {
    clearTimeout(silence);
    clearTimeout(total);
    caller.removeEventListener('abort', onAbort);
  }
}
