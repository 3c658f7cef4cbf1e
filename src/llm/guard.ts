// Owns what stands round one call of a model: its time-out, its retries, its figures, and its lines in the log.
import { setTimeout as wait } from 'node:timers/promises';
import { ConstantBackoff, handleWhen, retry } from 'cockatiel';
import { AppError, toAppError } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import { type Meter, NO_METER } from '../domain/meter.ts';
import type { Model, ModelAnswer, ModelCheck, ModelRequest } from '../domain/model.ts';
import { withDeadline } from './deadline.ts';
import { Gate, MAX_HOLD_MS } from './gate.ts';
import { failedCheck } from './modelCheck.ts';

const ATTEMPTS = 3;
const FIRST_WAIT_MS = 1_000;

/** A model that streams may speak for so many time-outs: at 3 tokens a second 1,024 tokens take six minutes. */
const TOTAL_TIMEOUTS = 5;

const CHECK_TIMEOUT_MS = 10_000;

const NO_USAGE = { inputTokens: 0, outputTokens: 0 };

export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>;

export type GuardOptions = {
  /** How long a call may be silent: all of it for a model that does not stream. The wait before the gate is not counted. */
  timeoutMs: number;
  log: Log;
  meter?: Meter | undefined;
  /** Of the model's server, shared with its other models; one without limits when absent. */
  gate?: Gate | undefined;
  sleep?: Sleep | undefined;
};

/**
 * The same model behind a gate, with a time-out on each call, up to 3 attempts (waiting 1 s, 2 s, or what the server asked for up to
 * 60 s) on `model_unavailable` and `model_rate_limited`, and a record in the log for each call. A server that says 429 is called by
 * nobody until its pause is over; one that is left alone is not tried again. Throws as `Model` and `Gate.enter` do; the caller's abort
 * ends everything at once and counts as no failure.
 */
export function createGuardedModel(model: Model, options: GuardOptions): Model {
  const { timeoutMs, log, meter = NO_METER, sleep = abortableSleep } = options;
  const { gate = new Gate({ host: model.host, log }) } = options;
  const isWorthRetrying = (thrown: unknown) => mayPass(thrown) && gate.away() === null;
  const policy = retry(handleWhen(isWorthRetrying), { maxAttempts: ATTEMPTS - 1, backoff: new ConstantBackoff(0) });

  async function attempt(request: ModelRequest, number: number): Promise<ModelAnswer> {
    const cameAt = performance.now();
    const permit = await gate.enter(request);
    const startedAt = performance.now();
    const tookMs = () => Math.round(performance.now() - startedAt);
    const waitedMs = Math.round(startedAt - cameAt);
    const fields = () => ({
      stage: 'thinking',
      model: model.name,
      attempt: number,
      durationMs: tookMs(),
      ...(waitedMs > 0 ? { waitedMs } : {}),
    });
    try {
      const answer = await callOnce(request);
      permit.answered(answer.usage);
      meter.modelCalled(null, tookMs(), answer.usage);
      log.info({ ...fields(), ...answer.usage, finish: answer.finish }, 'model call');
      return answer;
    } catch (thrown) {
      if (request.signal.aborted) permit.abandoned();
      request.signal.throwIfAborted();
      const error = toAppError(thrown, 'model_failed');
      if (error.code === 'model_rate_limited') gate.hold(pauseMs(error, number));
      permit.failed(error);
      meter.modelCalled(error.code, tookMs(), NO_USAGE);
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
      try {
        return await policy.execute(async ({ attempt: retries }) => {
          // cockatiel's own wait cannot be aborted and would hold a stopping process for up to a minute.
          if (last?.code === 'model_unavailable') await sleep(pauseMs(last, retries), request.signal);
          try {
            return await attempt(request, retries + 1);
          } catch (thrown) {
            if (thrown instanceof AppError) last = thrown;
            throw thrown;
          }
        }, request.signal);
      } catch (thrown) {
        throw withPause(thrown, gate.away());
      }
    },

    load: () => gate.load(),

    async check(signal): Promise<ModelCheck> {
      const away = gate.load().state === 'open' ? gate.away() : null;
      if (away) return { ok: false, detail: away.message, advice: 'It is tried again by itself.' };
      const expired = () =>
        new AppError('model_unavailable', `${model.host} gave no answer within ${CHECK_TIMEOUT_MS / 1000} s`);
      const limits = { silenceMs: CHECK_TIMEOUT_MS, totalMs: CHECK_TIMEOUT_MS };
      return withDeadline(limits, signal, expired, (limited) => model.check(limited)).catch(failedCheck);
    },
  };
}

function mayPass(thrown: unknown): boolean {
  if (!(thrown instanceof AppError)) return false;
  if (thrown.code !== 'model_unavailable' && thrown.code !== 'model_rate_limited') return false;
  return (thrown.retryAfterMs ?? 0) <= MAX_HOLD_MS;
}

/** After the nth failure. */
function pauseMs({ retryAfterMs }: AppError, failures: number): number {
  return retryAfterMs || FIRST_WAIT_MS * 2 ** (failures - 1);
}

/** Whose failure was the one too many stays away as long as everybody else. */
function withPause(thrown: unknown, away: AppError | null): unknown {
  if (!away || !(thrown instanceof AppError) || thrown.code !== away.code) return thrown;
  const { code, message, cause } = thrown;
  return new AppError(code, message, {
    cause,
    retryAfterMs: Math.max(thrown.retryAfterMs ?? 0, away.retryAfterMs ?? 0),
  });
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
