// Owns what a model that sees is asked of a picture or a scanned page, and what comes of it.
import type { ModelImage } from '../domain/model.ts';
import type { Profile } from '../domain/profile.ts';
import { askAboutPictures, type PictureCost, type SeeOptions } from './askAboutPictures.ts';
import { seePrompt, seeSchema, transcribePrompt } from './seeingPrompt.ts';
import { parseSeen, type SeenAnswer, toTranscription } from './seenAnswer.ts';

export type { SeeOptions } from './askAboutPictures.ts';

export type SeeInput = {
  /** One picture, or its parts in reading order. */
  images: readonly ModelImage[];
  /** What OCR is sure of: given as a help, and no transcription is asked for. */
  ocrText: string | null;
  profile: Profile | null;
  /** To answer in, in English words, as `languageName` gives it. */
  language: string;
  fileName: string;
};

export type SeeResult = PictureCost & {
  /** One paragraph; empty when the model wrote down the text only. */
  description: string;
  /** Empty: there is no text, or OCR's was given. */
  transcription: string;
  /** As the model gave them, to be checked against the profile; null: none, or half of them. */
  fields: unknown;
  /** Something is missing at the end. */
  cut: boolean;
};

/**
 * Description, fields and text of one picture, in one call where the model behaves. A model that keeps to no schema but
 * says something gives a description alone.
 * Throws AppError: what the model throws, `model_failed` after two answers of no use; and the signal's reason.
 */
export async function see(input: SeeInput, options: SeeOptions): Promise<SeeResult> {
  const wantsFields = input.profile?.schema != null;
  let words: string | null = null;
  const { value, cut, ...cost } = await askAboutPictures<SeenAnswer>(
    {
      images: input.images,
      ocrText: input.ocrText,
      prompt: (count, ocrText) => seePrompt({ ...input, count, ocrText }),
      schema: seeSchema(input),
      read(text, isLast) {
        const parsed = parseSeen(text);
        if (parsed.kind === 'json') return parsed.seen;
        if (parsed.kind === 'words') words ??= parsed.description;
        const isWords = isLast && words !== null;
        return isWords ? { description: words ?? '', transcription: '', fields: null, isCut: false } : null;
      },
    },
    options,
  );
  const { isCut, ...seen } = value;
  return { ...seen, ...cost, fields: wantsFields ? seen.fields : null, cut: cut || isCut };
}

export type TranscribeResult = PictureCost & {
  /** Empty: the page holds no text. */
  text: string;
  cut: boolean;
};

/** The text of a page that OCR cannot read; `ocrText`: what it made of it, as a help. Throws as `see` does. */
export async function transcribe(
  { images, ocrText }: Pick<SeeInput, 'images' | 'ocrText'>,
  options: SeeOptions,
): Promise<TranscribeResult> {
  const prompt = (count: number, hint: string | null) => transcribePrompt({ count, ocrText: hint });
  const { value, ...rest } = await askAboutPictures({ images, ocrText, prompt, read: toTranscription }, options);
  return { text: value, ...rest };
}
