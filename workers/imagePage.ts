// Owns the look at one page of a picture file: how large it is, whether it can be decoded, whether anything can stand in it.
import type { Metadata } from 'sharp';
import { MAX_AVIF_PIXELS, MAX_JUDGED_PIXELS, MIN_PICTURE_SIDE_PX } from '../config/limits.ts';
import { toGrey } from './greyPicture.ts';
import { judgePicture, type PictureQuality } from './imageGate.ts';
import { asBuffer, loadSharp, openPicture } from './sharp.ts';

export type PageState = PictureQuality | 'too_large' | 'too_small' | 'unreadable';

/** `why` is for the log. */
export type PageLook = { state: PageState; why: string };

/** The header of one page, which costs no decoding whatever it promises. Rejects when there is none. */
export async function readHeader(bytes: Uint8Array, page: number): Promise<Metadata> {
  const sharp = await loadSharp();
  return sharp(asBuffer(bytes), { page: page - 1, limitInputPixels: false, failOn: 'none' }).metadata();
}

/** Looks at one page; never rejects for the picture's sake. */
export async function lookAtPage(bytes: Uint8Array, page: number, maxImagePixels: number): Promise<PageLook> {
  try {
    const { width, height, format, compression } = await readHeader(bytes, page);
    const why = `${format} of ${width} × ${height} pixels`;
    const isAvif = format === 'heif';
    // HEIC: its header is read, but nothing here decodes it.
    if (isAvif && compression !== 'av1') return { state: 'unreadable', why };
    const most = isAvif ? Math.min(MAX_AVIF_PIXELS, maxImagePixels) : maxImagePixels;
    if (width * height > most) return { state: 'too_large', why };
    if (Math.min(width, height) < MIN_PICTURE_SIDE_PX) return { state: 'too_small', why };
    const state = await judge(bytes, page, { width, height, maxImagePixels });
    // What a truncated file has lost comes as plain grey; of an AVIF it comes as an error before.
    if (state === 'blank' && !isAvif) await decodeWhole(bytes, page, maxImagePixels);
    return { state, why };
  } catch (error) {
    return { state: 'unreadable', why: error instanceof Error ? error.message : String(error) };
  }
}

type Size = { width: number; height: number; maxImagePixels: number };

async function judge(bytes: Uint8Array, page: number, size: Size): Promise<PictureQuality> {
  const picture = await openPicture({ bytes, page }, size.maxImagePixels);
  const factor = Math.sqrt(MAX_JUDGED_PIXELS / (size.width * size.height));
  // Before it is turned upright, both sides fit into the longer one.
  const side = Math.round(Math.max(size.width, size.height) * factor);
  return judgePicture(await toGrey(factor < 1 ? picture.resize(side, side, { fit: 'inside' }) : picture));
}

/** Rejects when the file ends before the picture does. */
async function decodeWhole(bytes: Uint8Array, page: number, maxImagePixels: number): Promise<void> {
  const sharp = await loadSharp();
  await sharp(asBuffer(bytes), { page: page - 1, limitInputPixels: maxImagePixels, failOn: 'truncated' })
    .resize(64)
    .toBuffer();
}
