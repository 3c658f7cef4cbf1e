// Owns what an operator's limits leave to the calls of a server: requests and tokens a minute, both at once.
import type { ModelLoad, ModelRequest, TokenUsage } from '../domain/model.ts';
import { MinuteLimit } from './minuteLimit.ts';
import { createTokenEstimate, totalOf } from './tokenEstimate.ts';

/** Null or absent: off. */
export type LimitSettings = {
  requestsPerMinute?: number | null | undefined;
  /** Of prompts and answers together. */
  tokensPerMinute?: number | null | undefined;
};

export type Limits = {
  /** How long a call has to wait; 0: it may go. */
  waitMs(request: ModelRequest, nowMs: number): number;
  /** Counts a call that goes now; the returned function takes what it really used. */
  take(request: ModelRequest, nowMs: number): (usage: TokenUsage) => void;
  load(nowMs: number): Omit<ModelLoad, 'state' | 'retryAtMs' | 'awayForMs' | 'callsUnderWay'>;
};

/** A call that fails counts with all that was reserved for it: nobody knows what its server counted. */
export function createLimits({ requestsPerMinute, tokensPerMinute }: LimitSettings): Limits {
  const requests = new MinuteLimit(requestsPerMinute ?? null);
  const tokens = new MinuteLimit(tokensPerMinute ?? null);
  const estimate = createTokenEstimate();
  return {
    waitMs: (request, nowMs) => Math.max(requests.waitMs(1, nowMs), tokens.waitMs(estimate.of(request), nowMs)),
    take(request, nowMs) {
      requests.take(1, nowMs);
      const reserved = tokens.take(estimate.of(request), nowMs);
      return (usage) => {
        const used = totalOf(usage);
        if (used !== null) tokens.correct(reserved, used);
        estimate.learn(request, usage);
      };
    },
    load: (nowMs) => ({
      requestsLastMinute: requests.usedLastMinute(nowMs),
      maxRequestsPerMinute: requests.max,
      tokensLastMinute: tokens.usedLastMinute(nowMs),
      maxTokensPerMinute: tokens.max,
    }),
  };
}
