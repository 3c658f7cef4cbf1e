// Owns how many tokens a call is expected to take, so that they can be reserved before its server has counted them.
import { TOKENS_A_PICTURE } from '../../config/limits.ts';
import type { ModelRequest, TokenUsage } from '../domain/model.ts';

/** Bytes of UTF-8 that are safe to count as one token; prose has 3.6 to 5.1. */
const BYTES_PER_TOKEN = 3;

/** Answers have a few hundred tokens; who allows models a hundred thousand does not get that many each time. */
const MAX_OUTPUT_RESERVED = 2_048;

/** Of so many answers the one that took the most of its estimate counts for the next. */
const REMEMBERED = 16;
const LEAST_SHARE = 0.1;
const MOST_SHARE = 2;

export type TokenEstimate = {
  /** Tokens of prompt and answer together. */
  of(request: ModelRequest): number;
  /** After an answer; one without figures teaches nothing. */
  learn(request: ModelRequest, usage: TokenUsage): void;
};

/** An estimate that comes closer with each answer, and stays above most of them: what is reserved in vain is lost while a call lasts. */
export function createTokenEstimate(): TokenEstimate {
  const shares: number[] = [];
  return {
    of(request) {
      const share = shares.length === 0 ? 1 : Math.max(...shares);
      return Math.ceil(firstEstimate(request) * Math.min(MOST_SHARE, Math.max(LEAST_SHARE, share)));
    },
    learn(request, usage) {
      const tokens = totalOf(usage);
      if (tokens === null) return;
      shares.push(tokens / firstEstimate(request));
      if (shares.length > REMEMBERED) shares.shift();
    },
  };
}

/** Prompt and answer; null: the server did not tell. */
export function totalOf({ inputTokens, outputTokens }: TokenUsage): number | null {
  return inputTokens + outputTokens || null;
}

function firstEstimate({ system, user, images = [], maxOutputTokens }: ModelRequest): number {
  const words = Math.ceil((Buffer.byteLength(system) + Buffer.byteLength(user)) / BYTES_PER_TOKEN);
  return words + images.length * TOKENS_A_PICTURE + Math.min(maxOutputTokens, MAX_OUTPUT_RESERVED);
}
