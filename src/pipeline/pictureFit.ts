// Owns how many pictures, and how much text beside them, go into one call.
import { TOKENS_A_PICTURE } from '../../config/limits.ts';
import type { ModelImage } from '../domain/model.ts';
import { beginningOf, estimateTokens } from './chunk.ts';
import type { Prompt } from './prompt.ts';

/** Chat templates add marks, a date, a default role: about so many tokens. */
const TEMPLATE_TOKENS = 64;
/** A shorter answer says nothing worth a call. */
const MIN_ANSWER_TOKENS = 256;
/** Less of OCR's text than this is no help. */
const MIN_HINT_TOKENS = 32;

export type PictureQuestion = {
  images: readonly ModelImage[];
  ocrText: string | null;
  prompt(count: number, ocrText: string | null): Prompt;
};
export type PictureFit = { images: readonly ModelImage[]; prompt: Prompt; outputTokens: number };

/**
 * The call that fits by estimate into `contextTokens`: OCR's text is cut first, then pictures from the end. One picture is
 * always sent: families count pictures differently, and the server knows.
 */
export function fitPictures(
  { images, ocrText, prompt }: PictureQuestion,
  limits: { contextTokens: number; maxOutputTokens: number },
): PictureFit {
  const hasHint = ocrText !== null;
  for (let count = images.length; ; count--) {
    const frame = prompt(count, hasHint ? '' : null);
    const words = estimateTokens(frame.system) + estimateTokens(frame.user) + TEMPLATE_TOKENS;
    const room = limits.contextTokens - count * TOKENS_A_PICTURE - words;
    if (room < MIN_ANSWER_TOKENS && count > 1) continue;
    const outputTokens = Math.min(limits.maxOutputTokens, Math.max(room, MIN_ANSWER_TOKENS));
    const hintTokens = room - outputTokens;
    const hint = hasHint && hintTokens >= MIN_HINT_TOKENS ? beginningOf(ocrText, hintTokens) : '';
    return {
      images: images.slice(0, count),
      prompt: hint === '' ? frame : prompt(count, hint),
      outputTokens,
    };
  }
}
