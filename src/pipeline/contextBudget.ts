// Owns how much of a document goes into one call, and what a server's refusal teaches about it.
import { AppError } from '../domain/errors.ts';
import type { ContextOverflow } from '../domain/model.ts';
import { estimateTokens } from './chunk.ts';
import type { Prompt } from './prompt.ts';

/** Chat templates add marks, a date, a default role: about so many tokens. */
const TEMPLATE_TOKENS = 64;

/** Less text than this in a call (about 200 characters) is no summary of anything. */
const MIN_TEXT_TOKENS = 64;

/** Above the measured ratio, for chunks that are denser than the one it was measured on. */
const SAFETY = 1.1;

/**
 * A refusal that teaches less than this at least halves the text, so that refusals come to an end: blind, half of the
 * blame goes to the context and half to the count.
 */
const WORTH_LEARNING = 1.05;
const BLIND_FACTOR = Math.SQRT2;

/** From here on title and outline are worth their tokens. */
const ROOMY_TOKENS = 4_000;

export type ContextBudget = {
  /** For an answer that members read: at most what is configured, and a third of the context. */
  answerTokens(): number;
  /** For the summary of a part: half of that share, so that two of them and an answer fit into the context. */
  partTokens(): number;
  /** Whether there is room to tell the model about the document beside its text. */
  isRoomy(): boolean;
  /**
   * Tokens, as `estimateTokens` counts, that are left for text beside `frame` (the prompt without it) and an answer.
   * Throws AppError `model_context_exceeded` when that is next to nothing.
   */
  textTokens(frame: Prompt, outputTokens: number): number;
  /** After `prompt` was refused: fewer tokens fit, or a text has more of them than estimated. */
  learn(overflow: ContextOverflow | null, prompt: Prompt): void;
};

/** A budget for prompts and answers of `contextTokens` together, of which answers get `maxOutputTokens` at most. */
export function createContextBudget(settings: { contextTokens: number; maxOutputTokens: number }): ContextBudget {
  let { contextTokens } = settings;
  /** Tokens of the model for one estimated token. */
  let factor = 1;
  const share = (of: number) => Math.max(1, Math.min(settings.maxOutputTokens, Math.floor(contextTokens / of)));

  return {
    answerTokens: () => share(3),
    partTokens: () => share(6),
    isRoomy: () => contextTokens / factor >= ROOMY_TOKENS,
    textTokens(frame, outputTokens) {
      const room = (contextTokens - outputTokens - TEMPLATE_TOKENS) / factor;
      const tokens = Math.floor(room - estimatePrompt(frame));
      if (tokens >= MIN_TEXT_TOKENS) return tokens;
      throw new AppError('model_context_exceeded', 'hardly any text fits into the model beside the instructions');
    },
    learn(overflow, prompt) {
      const before = { contextTokens, factor };
      contextTokens = Math.min(contextTokens, overflow?.contextTokens ?? contextTokens);
      const measured = ((overflow?.promptTokens ?? 0) / estimatePrompt(prompt)) * SAFETY;
      factor = Math.max(factor, measured);
      const learned = (before.contextTokens / contextTokens) * (factor / before.factor);
      if (learned >= WORTH_LEARNING) return;
      contextTokens = Math.floor(before.contextTokens / BLIND_FACTOR);
      factor = before.factor * BLIND_FACTOR;
    },
  };
}

function estimatePrompt({ system, user }: Prompt): number {
  return estimateTokens(system) + estimateTokens(user);
}
