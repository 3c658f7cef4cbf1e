// Owns the loading of sharp with what strangers' pictures call for: six decoders, no cache, one core.
import type { Sharp } from 'sharp';
import type { PictureSource } from './pictureSource.ts';

type SharpModule = typeof import('sharp').default;

/** The rest of libvips's decoders is off: SVG may fetch from elsewhere, and what nobody posts is nothing to attack. */
const DECODERS = ['Png', 'Jpeg', 'Webp', 'Nsgif', 'Heif', 'Tiff'];

/** A picture that takes longer is made to take long: 50 megapixels of AVIF take 3 s. */
const MAX_SECONDS = 60;

let loaded: Promise<SharpModule> | undefined;

/** sharp for this thread, loaded with the first picture (0.1 s, 23 MB). */
export function loadSharp(): Promise<SharpModule> {
  loaded ??= import('sharp').then(({ default: sharp }) => {
    sharp.cache(false);
    sharp.concurrency(1);
    sharp.block({ operation: ['VipsForeignLoad'] });
    sharp.unblock({ operation: DECODERS.map((name) => `VipsForeignLoad${name}`) });
    return sharp;
  });
  return loaded;
}

/**
 * A picture the right way up, not decoded yet. Of a truncated file there is what could be decoded. What is made of it rejects with
 * libvips's plain errors when that is nothing, or when a picture in a file has more pixels than `maxImagePixels`.
 */
export async function openPicture(source: PictureSource, maxImagePixels: number): Promise<Sharp> {
  const sharp = await loadSharp();
  if ('raw' in source) {
    const { raw, width, height, channels } = source;
    // What lies in memory has had its own cap.
    return sharp(asBuffer(raw), { raw: { width, height, channels }, limitInputPixels: false });
  }
  const options = { page: source.page - 1, limitInputPixels: maxImagePixels, failOn: 'none' } as const;
  const input = 'path' in source ? source.path : asBuffer(source.bytes);
  return sharp(input, options).timeout({ seconds: MAX_SECONDS }).autoOrient();
}

/** The same bytes as sharp knows them: in a thread that reads PDFs, `Uint8Array` is another class, with a cap. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
