// Owns what stands round every call of a model: its time-out, its retries, and its lines in the log.
import { setTimeout as wait } from 'node:timers/promises';
import { ConstantBackoff, handleWhen, retry } from 'cockatiel';
import { AppError, toAppError } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import type { Model, ModelAnswer, ModelCheck, ModelRequest } from '../domain/model.ts';
import { withDeadline } from './deadline.ts';
import { failedCheck } from './modelCheck.ts';

const ATTEMPTS = 3;
const FIRST_WAIT_MS = 1_000;

/** A server that asks for more is left alone: the job waits in the ledger instead of holding a consumer. */
const MAX_WAIT_MS = 60_000;

/** A model that streams may speak for so many time-outs: at 3 tokens a second 1,024 tokens take six minutes. */
const TOTAL_TIMEOUTS = 5;

const CHECK_TIMEOUT_MS = 10_000;

export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>;

export type GuardOptions = {
  /** How long a call may be silent: all of it for a model that does not stream. */
  timeoutMs: number;
  log: Log;
  sleep?: Sleep;
};

/**
 * The same model with a time-out on each call, up to 3 attempts (waiting 1 s, 2 s, or what the server asked for up to
 * 60 s) on `model_unavailable` and `model_rate_limited`, and a record in the log for each call. Throws as `Model` does;
 * the caller's abort ends everything at once and counts as no failure.
 */
export function createGuardedModel(model: Model, options: GuardOptions): Model {
  const { timeoutMs, log, sleep = abortableSleep } = options;
  const policy = retry(handleWhen(isWorthRetrying), { maxAttempts: ATTEMPTS - 1, backoff: new ConstantBackoff(0) });

  async function attempt(request: ModelRequest, number: number): Promise<ModelAnswer> {
    const startedAt = performance.now();
    const fields = () => ({
      stage: 'thinking',
      model: model.name,
      attempt: number,
      durationMs: Math.round(performance.now() - startedAt),
    });
    try {
      const answer = await callOnce(request);
      log.info({ ...fields(), ...answer.usage, finish: answer.finish }, 'model call');
      return answer;
    } catch (thrown) {
      request.signal.throwIfAborted();
      const error = toAppError(thrown, 'model_failed');
      const { code, message, retryAfterMs } = error;
      log.warn(
        { ...fields(), code, error: message, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
        'model call failed',
      );
      throw error;
    }
  }

  function callOnce(request: ModelRequest): Promise<ModelAnswer> {
    const limits = { silenceMs: timeoutMs, totalMs: timeoutMs * TOTAL_TIMEOUTS };
    const expired = () =>
      new AppError('model_unavailable', `${model.host} gave no answer within the time-out of ${timeoutMs / 1000} s`);
    return withDeadline(limits, request.signal, expired, (signal, alive) => {
      const onProgress = () => {
        alive();
        request.onProgress?.();
      };
      return model.complete({ ...request, signal, onProgress });
    });
  }

  return {
    get name() {
      return model.name;
    },
    get vision() {
      return model.vision;
    },
    get host() {
      return model.host;
    },
    contextTokens: model.contextTokens,

    async complete(request) {
      let last: AppError | undefined;
      return policy.execute(async ({ attempt: retries }) => {
        // cockatiel's own wait cannot be aborted and would hold a stopping process for up to a minute.
        if (last) await sleep(last.retryAfterMs ?? FIRST_WAIT_MS * 2 ** (retries - 1), request.signal);
        try {
          return await attempt(request, retries + 1);
        } catch (thrown) {
          if (thrown instanceof AppError) last = thrown;
          throw thrown;
        }
      }, request.signal);
    },

    async check(signal): Promise<ModelCheck> {
      const expired = () =>
        new AppError('model_unavailable', `${model.host} gave no answer within ${CHECK_TIMEOUT_MS / 1000} s`);
      const limits = { silenceMs: CHECK_TIMEOUT_MS, totalMs: CHECK_TIMEOUT_MS };
      return withDeadline(limits, signal, expired, (limited) => model.check(limited)).catch(failedCheck);
    },
  };
}

function isWorthRetrying(thrown: unknown): boolean {
  if (!(thrown instanceof AppError)) return false;
  if (thrown.code !== 'model_unavailable' && thrown.code !== 'model_rate_limited') return false;
  return (thrown.retryAfterMs ?? 0) <= MAX_WAIT_MS;
}

async function abortableSleep(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await wait(ms, undefined, { signal });
  } catch (thrown) {
    // The timer rejects with an AbortError of its own; the caller gets its reason.
    signal.throwIfAborted();
    throw thrown;
  }
}
