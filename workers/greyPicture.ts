// Owns pictures as the looking code wants them: one byte a pixel, dark ink on light ground or the other way round.
import type { Sharp } from 'sharp';
import { asBuffer, loadSharp } from './sharp.ts';

/** Rows from the top, one byte a pixel: 0 black, 255 white. */
export type GreyPicture = { grey: Uint8Array; width: number; height: number };

/** Decodes into grey, on white where it is transparent. */
export async function toGrey(picture: Sharp): Promise<GreyPicture> {
  const plain = picture.flatten({ background: '#ffffff' }).greyscale().toColourspace('b-w');
  const { data, info } = await plain.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  return {
    grey: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    width: info.width,
    height: info.height,
  };
}

/** The same picture in another size, at least one pixel each way. */
export async function resizeGrey(picture: GreyPicture, factor: number): Promise<GreyPicture> {
  const sharp = await loadSharp();
  const input = { width: picture.width, height: picture.height, channels: 1 } as const;
  const width = Math.max(1, Math.round(picture.width * factor));
  const height = Math.max(1, Math.round(picture.height * factor));
  return toGrey(sharp(asBuffer(picture.grey), { raw: input }).resize({ width, height, fit: 'fill', kernel: 'cubic' }));
}
