// Owns asking the model for one piece of text, and counting what that cost.
import { AppError } from '../domain/errors.ts';
import { ContextOverflow, type Model, type TokenUsage } from '../domain/model.ts';
import { type ModelText, parseModelText } from './modelText.ts';
import type { Prompt } from './prompt.ts';

/** An answer that is of no use is asked for once more: models with a little chance in their words often do better. */
const ATTEMPTS = 2;

export type Asked = { ok: true; text: ModelText } | { ok: false; overflow: ContextOverflow | null };

export type Asker = {
  /**
   * The answer to a prompt, or that it did not fit. Throws AppError `model_failed` when two answers were of no use,
   * what the model throws otherwise, and the reason of the signal.
   */
  ask(prompt: Prompt, maxOutputTokens: number): Promise<Asked>;
  readonly usage: TokenUsage;
  /** Calls that were made, refused ones included. */
  readonly calls: number;
  /** Whether any answer was cut off at its limit. */
  readonly anyCut: boolean;
};

/** Asks one question at a time; ends with `signal`. */
export function createAsker(model: Model, signal: AbortSignal): Asker {
  const usage = { inputTokens: 0, outputTokens: 0 };
  let calls = 0;
  let anyCut = false;

  async function askOnce(prompt: Prompt, maxOutputTokens: number): Promise<ModelText> {
    calls++;
    const answer = await model.complete({ ...prompt, maxOutputTokens, signal });
    usage.inputTokens += answer.usage.inputTokens;
    usage.outputTokens += answer.usage.outputTokens;
    const text = parseModelText(answer.text);
    if (text === null) throw new AppError('model_failed', 'the model gave an answer without a usable word');
    anyCut ||= answer.finish === 'length';
    return text;
  }

  return {
    usage,
    get calls() {
      return calls;
    },
    get anyCut() {
      return anyCut;
    },
    async ask(prompt, maxOutputTokens) {
      for (let attempt = 1; ; attempt++) {
        signal.throwIfAborted();
        try {
          return { ok: true, text: await askOnce(prompt, maxOutputTokens) };
        } catch (thrown) {
          if (!(thrown instanceof AppError)) throw thrown;
          if (thrown.code === 'model_context_exceeded') return { ok: false, overflow: overflowOf(thrown) };
          if (thrown.code !== 'model_failed' || attempt === ATTEMPTS) throw thrown;
        }
      }
    },
  };
}

function overflowOf(error: AppError): ContextOverflow | null {
  return error.cause instanceof ContextOverflow ? error.cause : null;
}
