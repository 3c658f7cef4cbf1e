// Owns the gate before a model's server: who calls it next, when, and when nobody does. Writing and seeing go through the same one.
import { AppError, type ErrorCode } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import type { ModelLoad, ModelRequest, TokenUsage } from '../domain/model.ts';
import { Breaker, type PassResult } from './breaker.ts';
import { CallLine } from './callLine.ts';
import { createLimits, type LimitSettings, type Limits } from './limits.ts';
import { createReturnWatch } from './returnWatch.ts';

/** A server that asks for a longer pause is left alone: the job waits in the ledger instead of holding a consumer. */
export const MAX_HOLD_MS = 60_000;

/** Those that come while a probe is under way come again after so long. */
const PROBE_PAUSE_MS = 10_000;

/** Jobs that are sent away together come back spread over so much. */
const JITTER_MS = 3_000;

export type GateOptions = LimitSettings & {
  host: string;
  log: Log;
  /** Calls at a time; no limit when absent. */
  maxConcurrent?: number | undefined;
  /** Whether the server is there at all, asked while it is left alone; never rejects. Absent: nobody looks. */
  isThere?: (() => Promise<boolean>) | undefined;
  /**
   * The server gave an answer after it had failed, whether or not often enough to be left alone; or it had gone and is there again.
   * Must not throw.
   */
  onBack?: (() => void) | undefined;
  /** A clock that nobody sets, in milliseconds. */
  nowMs?: (() => number) | undefined;
  random?: (() => number) | undefined;
};

/** Leave for one call; one of the three ends it. */
export type Permit = {
  answered(usage: TokenUsage): void;
  failed(error: AppError): void;
  /** The caller gave up: nothing was learnt of the server. */
  abandoned(): void;
};

export class Gate {
  readonly #host: string;
  readonly #limits: Limits;
  readonly #maxConcurrent: number;
  readonly #onBack: () => void;
  readonly #nowMs: () => number;
  readonly #random: () => number;
  readonly #breaker: Breaker;
  readonly #line = new CallLine<ModelRequest, Permit>(() => this.#move());
  #underWay = 0;
  #heldUntilMs = 0;
  /** The last failure since the last answer. */
  #trouble: string | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: GateOptions) {
    const { host, log } = options;
    this.#host = host;
    this.#limits = createLimits(options);
    this.#maxConcurrent = options.maxConcurrent ?? Number.POSITIVE_INFINITY;
    this.#onBack = options.onBack ?? (() => undefined);
    this.#nowMs = options.nowMs ?? (() => performance.now());
    this.#random = options.random ?? Math.random;
    const { isThere = () => Promise.resolve(true) } = options;
    const watch = createReturnWatch({ isThere, onReturn: () => this.#letTry() });
    this.#breaker = new Breaker({
      nowMs: this.#nowMs,
      onOpen: (openMs) => {
        log.warn({ host, openMs, error: this.#trouble }, 'the model is left alone for a while');
        watch.start();
      },
      onClose: () => {
        log.info({ host }, 'the model is back');
        watch.stop();
      },
    });
  }

  /**
   * Resolves in the order of the calls, when concurrency and limits let this one through. Throws AppError `model_unavailable` while the
   * server is left alone, `model_rate_limited` while it wants a pause of more than a minute (both with `retryAfterMs`), or the reason of
   * the request's signal.
   */
  enter(request: ModelRequest): Promise<Permit> {
    return this.#line.stand(request, request.signal);
  }

  /** The server wants a pause: nobody calls until it is over. */
  hold(ms: number): void {
    this.#heldUntilMs = Math.max(this.#heldUntilMs, this.#nowMs() + ms);
    this.#move();
  }

  /** Why and how long to stay away from a server that is left alone; null: it may be called. */
  away(): AppError | null {
    if (this.#breaker.isPassable) return null;
    const leftMs = this.#breaker.remainingMs || PROBE_PAUSE_MS;
    const message = `${this.#host} failed again and again and is left alone for ${Math.ceil(leftMs / 1000)} s: ${this.#trouble}`;
    return new AppError('model_unavailable', message, { retryAfterMs: this.#spread(leftMs) });
  }

  load(): ModelLoad {
    const { state, remainingMs, awayForMs } = this.#breaker;
    return {
      state,
      retryAtMs: state === 'open' ? Date.now() + remainingMs : null,
      awayForMs,
      ...this.#limits.load(this.#nowMs()),
      callsUnderWay: this.#underWay,
    };
  }

  #letTry(): void {
    this.#breaker.letTry();
    this.#move();
    this.#onBack();
  }

  /** Lets through whom it can; called whenever something has changed. */
  #move(): void {
    clearTimeout(this.#timer);
    for (let first = this.#line.first; first; first = this.#line.first) {
      if (this.#refusal()) this.#line.refuse(() => this.#refusal());
      if (this.#line.first === undefined || this.#underWay >= this.#maxConcurrent) return;
      const nowMs = this.#nowMs();
      const waitMs = Math.max(this.#heldUntilMs - nowMs, this.#limits.waitMs(first, nowMs));
      if (waitMs > 0) {
        this.#timer = setTimeout(() => this.#move(), Math.ceil(waitMs));
        return;
      }
      this.#line.admit(this.#permitFor(first));
    }
  }

  #refusal(): AppError | null {
    const away = this.away();
    const heldMs = this.#heldUntilMs - this.#nowMs();
    if (away || heldMs <= MAX_HOLD_MS) return away;
    const message = `${this.#host} wants a pause of ${Math.ceil(heldMs / 1000)} s`;
    return new AppError('model_rate_limited', message, { retryAfterMs: this.#spread(heldMs) });
  }

  #permitFor(request: ModelRequest): Permit {
    const settle = this.#limits.take(request, this.#nowMs());
    const pass = this.#breaker.enter();
    this.#underWay++;
    const end = (result: PassResult) => {
      this.#underWay--;
      this.#breaker.leave(pass, result);
      this.#move();
    };
    return {
      answered: (usage) => {
        const wasAway = this.#trouble !== null;
        this.#trouble = null;
        settle(usage);
        end('alive');
        if (wasAway) this.#onBack();
      },
      failed: ({ code, message }) => {
        if (code === 'model_unavailable') this.#trouble = message;
        end(resultOf(code));
      },
      abandoned: () => end('unknown'),
    };
  }

  #spread(ms: number): number {
    return Math.ceil(ms + this.#random() * JITTER_MS);
  }
}

/** What an error tells of the server. That a model cannot see pictures may be known without asking it. */
function resultOf(code: ErrorCode): PassResult {
  if (code === 'model_unavailable') return 'failed';
  return code === 'model_cannot_see' ? 'unknown' : 'alive';
}
