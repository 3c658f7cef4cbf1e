// Owns asking a model about pictures: what fits, once more after an answer of no use, and what it cost.
import { AppError } from '../domain/errors.ts';
import { type AnswerSchema, ContextOverflow, type Model, type TokenUsage } from '../domain/model.ts';
import { fitPictures, type PictureQuestion } from './pictureFit.ts';

/** An answer that is of no use is asked for once more: models with a little chance in their words often do better. */
const ATTEMPTS = 2;

/** After a refusal without numbers: blame goes to the context. */
const BLIND_FACTOR = Math.SQRT2;

export type SeeOptions = { model: Model; maxOutputTokens: number; signal: AbortSignal };

export type PictureCost = { usage: TokenUsage; calls: number };
export type PictureAnswer<T> = PictureCost & {
  value: T;
  /** The answer broke off at its limit, or not all pictures fitted. */
  cut: boolean;
};

export type Asking<T> = PictureQuestion & {
  schema?: AnswerSchema | undefined;
  /** Null: of no use. `isLast`: no further answer will come. */
  read(text: string, isLast: boolean): T | null;
};

/**
 * One question about pictures. What the server finds too long goes again as one picture without OCR's text, and what it
 * refuses as one picture: some models take a single one.
 * Throws AppError `model_failed` after two answers of no use, what the model throws otherwise, and the reason of the signal.
 */
export async function askAboutPictures<T>(asking: Asking<T>, options: SeeOptions): Promise<PictureAnswer<T>> {
  const { model, maxOutputTokens, signal } = options;
  const usage = { inputTokens: 0, outputTokens: 0 };
  let question: PictureQuestion = asking;
  let { contextTokens } = model;
  let calls = 0;
  let isNarrow = false;

  for (let attempt = 1; ; ) {
    signal.throwIfAborted();
    const { images, prompt, outputTokens } = fitPictures(question, { contextTokens, maxOutputTokens });
    try {
      calls++;
      const { schema } = asking;
      const answer = await model.complete({ ...prompt, images, schema, maxOutputTokens: outputTokens, signal });
      usage.inputTokens += answer.usage.inputTokens;
      usage.outputTokens += answer.usage.outputTokens;
      const value = asking.read(answer.text, attempt === ATTEMPTS);
      const cut = answer.finish === 'length' || images.length < asking.images.length;
      if (value !== null) return { value, usage, calls, cut };
      if (attempt++ === ATTEMPTS) throw new AppError('model_failed', 'the model gave no usable answer about a picture');
    } catch (thrown) {
      if (!(thrown instanceof AppError)) throw thrown;
      if (thrown.code === 'model_context_exceeded' && !isNarrow) {
        const { cause } = thrown;
        const told = cause instanceof ContextOverflow ? cause.contextTokens : undefined;
        contextTokens = Math.min(told ?? contextTokens / BLIND_FACTOR, contextTokens);
        question = { ...asking, images: asking.images.slice(0, 1), ocrText: asking.ocrText === null ? null : '' };
        isNarrow = true;
      } else if (thrown.code === 'model_failed' && attempt < ATTEMPTS) {
        attempt++;
        question = { ...question, images: asking.images.slice(0, 1) };
      } else throw thrown;
    }
  }
}
