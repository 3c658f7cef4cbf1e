// Owns the judgement whether anything can stand in a picture: blank and hopelessly blurred ones are not worth OCR.
import { BLANK_CONTRAST, BLURRED_BELOW, BLURRED_BELOW_AT_HALF } from '../config/limits.ts';
import { type GreyPicture, resizeGrey } from './greyPicture.ts';

export type PictureQuality = 'readable' | 'blank' | 'blurred';

/** The best tile counts, never a mean: one word on a large flat screen is worth reading. */
const TILE_PX = 64;

/** As the thresholds were measured: a tile of the small picture is a quarter of its screen's size. */
const SMALL = { factor: 1 / 4, maxPixels: 125_000, tilePx: 16 };
const HALF = { factor: 1 / 2, maxPixels: 500_000 };

type Tile = { left: number; top: number; right: number; bottom: number };

/** Judges a picture, upright or not. Errs towards `readable`. */
export async function judgePicture(picture: GreyPicture): Promise<PictureQuality> {
  const small = await shrink(picture, SMALL);
  if (!hasTile(small, SMALL.tilePx, (tile) => contrast(small, tile) >= BLANK_CONTRAST)) return 'blank';
  if (hasTile(picture, TILE_PX, (tile) => laplacianVariance(picture, tile) >= BLURRED_BELOW)) return 'readable';
  const half = await shrink(picture, HALF);
  const isSharp = hasTile(half, TILE_PX, (tile) => laplacianVariance(half, tile) >= BLURRED_BELOW_AT_HALF);
  return isSharp ? 'readable' : 'blurred';
}

function shrink(picture: GreyPicture, to: { factor: number; maxPixels: number }): Promise<GreyPicture> {
  return resizeGrey(picture, Math.min(to.factor, Math.sqrt(to.maxPixels / (picture.width * picture.height))));
}

function hasTile({ width, height }: GreyPicture, side: number, isFound: (tile: Tile) => boolean): boolean {
  for (let top = 0; top < height; top += side) {
    for (let left = 0; left < width; left += side) {
      if (isFound({ left, top, right: Math.min(left + side, width), bottom: Math.min(top + side, height) }))
        return true;
    }
  }
  return false;
}

/** Lightest minus darkest grey. */
function contrast({ grey, width }: GreyPicture, tile: Tile): number {
  let [darkest, lightest] = [255, 0];
  for (let y = tile.top; y < tile.bottom; y++) {
    for (let x = tile.left; x < tile.right; x++) {
      const tone = grey[y * width + x] as number;
      if (tone < darkest) darkest = tone;
      if (tone > lightest) lightest = tone;
    }
  }
  return lightest - darkest;
}

/** Variance of the four-neighbour Laplacian over the pixels that have four neighbours; 0 when none has. */
function laplacianVariance({ grey, width, height }: GreyPicture, tile: Tile): number {
  let [count, sum, squares] = [0, 0, 0];
  const [bottom, right] = [Math.min(tile.bottom, height - 1), Math.min(tile.right, width - 1)];
  for (let y = Math.max(tile.top, 1); y < bottom; y++) {
    for (let x = Math.max(tile.left, 1); x < right; x++) {
      const at = y * width + x;
      const beside = (grey[at - 1] as number) + (grey[at + 1] as number);
      const value = 4 * (grey[at] as number) - beside - (grey[at - width] as number) - (grey[at + width] as number);
      count += 1;
      sum += value;
      squares += value * value;
    }
  }
  return count === 0 ? 0 : squares / count - (sum / count) ** 2;
}
