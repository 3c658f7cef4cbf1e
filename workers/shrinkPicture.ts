// Owns the shrinking of a page's decoded pictures to about the size that they are painted in: pdf.js takes 4 bytes for each of their pixels.

/** A decoded picture as pdf.js passes it on (its ImageKind: 1 a bit a pixel, 2 RGB, 3 RGBA); stencils have no kind. */
export type PdfPicture = { kind?: number; width: number; height: number; data: Uint8Array | Uint8ClampedArray | null };

const BITS = 1;
const RGB = 2;

/** A scan of twice the resolution may be a few pixels short of twice the page. */
const SLACK = 1.05;

/**
 * Makes a picture with four times `pagePixels` or more smaller by a whole number, in place: each pixel becomes the mean of those that
 * it stands for. About `pagePixels` are left at least, so that over a page of so many nothing is lost. Pictures with transparency and
 * stencils are left as they are. A page of 600 dpi in one bit took 140 MB of canvas, with its picture made small 15.
 */
export function shrinkPicture(picture: PdfPicture, pagePixels: number): void {
  const { kind, width, height, data } = picture;
  const factor = Math.floor(Math.sqrt((width * height) / pagePixels) * SLACK);
  if (!data || factor < 2 || Math.min(width, height) < factor || (kind !== BITS && kind !== RGB)) return;
  const small = { width: Math.floor(width / factor), height: Math.floor(height / factor) };
  const rgb = new Uint8Array(small.width * small.height * 3);
  const sums = new Uint32Array(small.width * 3);
  const add = kind === BITS ? addBits : addRgb;
  for (let y = 0; y < small.height; y++) {
    sums.fill(0);
    for (let row = y * factor; row < (y + 1) * factor; row++) add(sums, data, { row, width, factor });
    const start = y * sums.length;
    for (let at = 0; at < sums.length; at++) rgb[start + at] = (sums[at] as number) / (factor * factor);
  }
  Object.assign(picture, small, { kind: RGB, data: rgb });
}

type Row = { row: number; width: number; factor: number };

/** Rows begin with a byte of their own; a set bit is white. What a broken file lacks is black. */
function addBits(sums: Uint32Array, data: ArrayLike<number>, { row, width, factor }: Row): void {
  const start = row * ((width + 7) >> 3);
  const used = (sums.length / 3) * factor;
  for (let x = 0; x < used; x++) {
    if ((((data[start + (x >> 3)] ?? 0) >> (7 - (x & 7))) & 1) === 0) continue;
    const at = Math.floor(x / factor) * 3;
    for (let channel = at; channel < at + 3; channel++) (sums[channel] as number) += 255;
  }
}

function addRgb(sums: Uint32Array, data: ArrayLike<number>, { row, width, factor }: Row): void {
  let from = row * width * 3;
  for (let at = 0; at < sums.length; at += 3) {
    for (let x = 0; x < factor; x++) {
      (sums[at] as number) += data[from++] ?? 0;
      (sums[at + 1] as number) += data[from++] ?? 0;
      (sums[at + 2] as number) += data[from++] ?? 0;
    }
  }
}
