// Owns what the recogniser gets to see: a grey picture, the right way up, dark on light, in a size that it reads well.
import { DARK_MEAN, MAX_GUESSED_OCR_PIXELS, MAX_OCR_PIXELS, MAX_OCR_SIDE, OCR_LETTER_PX } from '../config/limits.ts';
import { type GreyPicture, resizeGrey, toGrey } from './greyPicture.ts';
import type { PictureSource } from './pictureSource.ts';
import { openPicture } from './sharp.ts';
import { textHeight } from './textHeight.ts';

/** Beyond it there is nothing to be seen in a letter that was not there before. */
const MAX_GROWTH = 2;

/** Less of it changes nothing but the time. */
const MIN_GROWTH = 1.25;

/**
 * The picture as grey pixels: whoever writes it for the recogniser needs no more than a header (PGM: 1.0 s of OCR for a doubled
 * screenshot, 1.2 s as PNG). Rejects with libvips's plain errors when nothing of it can be decoded.
 */
export async function toOcrPicture(source: PictureSource, limits: { maxImagePixels: number }): Promise<GreyPicture> {
  const picture = await toGrey(await openPicture(source, limits.maxImagePixels));
  if (mean(picture) < DARK_MEAN) invert(picture);
  const factor = factorFor(picture);
  return factor === 1 ? picture : resizeGrey(picture, factor);
}

function mean({ grey }: GreyPicture): number {
  let sum = 0;
  for (let index = 0; index < grey.length; index++) sum += grey[index] as number;
  return sum / grey.length;
}

function invert({ grey }: GreyPicture): void {
  for (let index = 0; index < grey.length; index++) grey[index] = 255 - (grey[index] as number);
}

/** Brings small letters to the height that is read best, as far as the cap on pixels lets it, and shrinks what is over the cap. */
function factorFor(picture: GreyPicture): number {
  const most = growthTo(picture, MAX_OCR_PIXELS);
  if (most <= 1) return most;
  const height = textHeight(picture);
  const wanted =
    height === null
      ? Math.min(MAX_GROWTH, growthTo(picture, MAX_GUESSED_OCR_PIXELS))
      : Math.min(MAX_GROWTH, OCR_LETTER_PX / height);
  return wanted < MIN_GROWTH ? 1 : Math.min(wanted, most);
}

function growthTo({ width, height }: GreyPicture, pixels: number): number {
  return Math.min(Math.sqrt(pixels / (width * height)), MAX_OCR_SIDE / Math.max(width, height));
}
