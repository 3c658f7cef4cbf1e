// Owns the pictures that a model gets to see: JPEGs of a size that models take, and several of one that is very long.
import type { Sharp } from 'sharp';
import { LONG_PICTURE_ASPECT, MAX_MODEL_TILES, MODEL_TILE_OVERLAP } from '../config/limits.ts';
import type { PictureRecipe } from '../src/domain/depict.ts';
import type { ModelImage } from '../src/domain/model.ts';
import type { PictureSource } from './pictureSource.ts';
import { loadSharp, openPicture } from './sharp.ts';

export type ModelPictureOptions = {
  recipe: PictureRecipe;
  /** Longest side of a picture of the recipe `plain`, in pixels; nothing is enlarged. */
  maxSide: number;
  maxImagePixels: number;
};

type Box = { width: number; height: number };

/** The recipe `enhanced` gives pictures no larger than this. */
const ENHANCED_BOX: Box = { width: 1_200, height: 800 };

/**
 * The picture upright, on white where it is transparent; one that is longer than `maxSide` and 2.5 times as long as wide comes in
 * parts that overlap, in reading order. Rejects with libvips's plain errors when nothing of it can be decoded.
 */
export async function toModelPictures(source: PictureSource, options: ModelPictureOptions): Promise<ModelImage[]> {
  const picture = await openPicture(source, options.maxImagePixels);
  const box = boxOf(options);
  const size = await uprightSize(source, picture);
  if (isLong(size, box)) return inParts(picture, size, { box, recipe: options.recipe });
  return [await toJpeg(within(picture, box), options.recipe)];
}

function boxOf({ recipe, maxSide }: ModelPictureOptions): Box {
  return recipe === 'enhanced' ? ENHANCED_BOX : { width: maxSide, height: maxSide };
}

async function uprightSize(source: PictureSource, picture: Sharp): Promise<Box> {
  return 'raw' in source ? source : (await picture.metadata()).autoOrient;
}

function isLong({ width, height }: Box, box: Box): boolean {
  const [long, short] = [Math.max(width, height), Math.min(width, height)];
  return long > short * LONG_PICTURE_ASPECT && long > Math.max(box.width, box.height);
}

function within(picture: Sharp, { width, height }: Box): Sharp {
  return picture.resize({ width, height, fit: 'inside', withoutEnlargement: true });
}

async function inParts(
  picture: Sharp,
  size: Box,
  { box, recipe }: { box: Box; recipe: PictureRecipe },
): Promise<ModelImage[]> {
  const isTall = size.height > size.width;
  const [length, breadth] = isTall ? [box.height, box.width] : [box.width, box.height];
  const scale = scaleOf(size, { length, breadth });
  const whole = { width: Math.ceil(size.width * scale), height: Math.ceil(size.height * scale) };
  const resized = picture
    .resize({ ...whole, fit: 'fill' })
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb');
  const { data, info } = await resized.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  const raw = { width: info.width, height: info.height, channels: info.channels };
  const sharp = await loadSharp();
  const images: ModelImage[] = [];
  for (const { from, to } of partsOf(isTall ? info.height : info.width, length)) {
    const part = isTall
      ? { left: 0, top: from, width: info.width, height: to - from }
      : { left: from, top: 0, width: to - from, height: info.height };
    images.push(await toJpeg(sharp(data, { raw }).extract(part), recipe));
  }
  return images;
}

/** Never larger than it is, no broader than a part may be, and no longer than the parts together. */
function scaleOf(size: Box, part: { length: number; breadth: number }): number {
  const [long, short] = [Math.max(size.width, size.height), Math.min(size.width, size.height)];
  const longest = part.length * (1 + (MAX_MODEL_TILES - 1) * (1 - MODEL_TILE_OVERLAP));
  return Math.min(1, part.breadth / short, Math.floor(longest) / long);
}

/** Stretches of `length` that cover `whole`, evenly spread, each overlapping the next. */
function partsOf(whole: number, length: number): { from: number; to: number }[] {
  if (whole <= length) return [{ from: 0, to: whole }];
  const step = length * (1 - MODEL_TILE_OVERLAP);
  const count = Math.min(MAX_MODEL_TILES, Math.ceil((whole - length) / step) + 1);
  return Array.from({ length: count }, (_, index) => {
    const from = Math.round(((whole - length) * index) / (count - 1));
    return { from, to: from + length };
  });
}

async function toJpeg(picture: Sharp, recipe: PictureRecipe): Promise<ModelImage> {
  const flat = picture.flatten({ background: '#ffffff' });
  const jpeg =
    recipe === 'plain'
      ? flat.jpeg({ quality: 85 })
      : flat.sharpen({ sigma: 1, m1: 1, m2: 2 }).normalise().jpeg({ quality: 95, mozjpeg: true });
  return { mime: 'image/jpeg', bytes: await jpeg.toBuffer() };
}
