// Owns the pixels of a scanned PDF page: pdf.js paints it at a resolution that OCR reads well, within caps.
import { readFile } from 'node:fs/promises';
import type { PDFPageProxy } from 'pdfjs-dist';
import { MAX_OCR_SIDE, MAX_PAINTED_PIXELS } from '../config/limits.ts';
import { CanvasCap } from './canvasCap.ts';
import { letGo } from './letGo.ts';
import { loadPdfjs } from './pdfjs.ts';
import { PdfSource } from './pdfSource.ts';
import type { RawPicture } from './pictureSource.ts';
import { type PdfPicture, shrinkPicture } from './shrinkPicture.ts';

/** Dots an inch: letters of 10 points get the 20 to 30 pixels that Tesseract was taught on. */
const DPI = 200;

/** A picture unpacks to more than other streams do: a colour scan of 300 dpi to 26 MB, one of 600 dpi to 104 MB. */
const PICTURE_STREAMS = 4;

export type PageToRender = { path: string; page: number; maxImagePixels: number; maxStreamBytes: number };

/**
 * Page `page` of a PDF as RGBA. Rejects with pdf.js's errors, and with a RangeError when the page unpacks to more than the cap, is not
 * there, is too large to be painted, or has a picture of more than `maxImagePixels`. The document is opened for each page: that is a
 * hundredth of the time that a page is recognised in, and nothing of it stays in memory meanwhile.
 */
export async function renderPage(request: PageToRender): Promise<RawPicture> {
  const { cap } = await loadPdfjs();
  const canvases = new CanvasCap();
  cap.start(request.maxStreamBytes * PICTURE_STREAMS);
  try {
    return await renderWith(canvases, request);
  } catch (error) {
    if (cap.exceeded) throw new RangeError('the page unpacks to more than the limit', { cause: error });
    throw error;
  } finally {
    canvases.clear();
    cap.release();
  }
}

async function renderWith(canvases: CanvasCap, { path, page, maxImagePixels }: PageToRender): Promise<RawPicture> {
  const { cap, leftOut } = await loadPdfjs();
  const used: (ArrayBufferView | null)[] = [];
  let pagePixels = Number.POSITIVE_INFINITY;
  const onPicture = (picture: PdfPicture): void => {
    const decoded = picture.data;
    shrinkPicture(picture, pagePixels);
    if (picture.data !== decoded) letGo(decoded);
    used.push(picture.data);
  };
  const source = await PdfSource.open(await bytesOf(path), { maxImagePixels, canvases, onPicture });
  try {
    if (page > source.document.numPages) throw new RangeError(`there is no page ${page}`);
    const proxy = await source.document.getPage(page);
    const size = sizeOf(proxy);
    pagePixels = size.width * size.height;
    leftOut.start();
    const picture = await paint(proxy, size, canvases);
    if (cap.exceeded) throw new RangeError('the page unpacks to more than the limit');
    if (leftOut.tooLarge) throw new RangeError('a picture of the page has more pixels than the limit');
    if (leftOut.broken && isPlain(picture)) throw new Error('the picture of the page cannot be decoded');
    return picture;
  } finally {
    // What still runs inside pdf.js for a page that failed ends with the document.
    await source.close();
    for (const array of [...used, source.bytes]) letGo(array);
  }
}

async function bytesOf(path: string): Promise<Uint8Array> {
  const { buffer, byteOffset, byteLength } = await readFile(path);
  return new Uint8Array(buffer, byteOffset, byteLength);
}

type Size = { scale: number; width: number; height: number };

/** Throws a RangeError for a page that cannot be painted. */
function sizeOf(page: PDFPageProxy): Size {
  const plain = page.getViewport({ scale: 1 });
  const scale = Math.min(DPI / 72, Math.sqrt(MAX_PAINTED_PIXELS / (plain.width * plain.height)));
  const width = Math.max(1, Math.floor(plain.width * scale));
  const height = Math.max(1, Math.floor(plain.height * scale));
  // A side of less than a pixel was made one: only now the size is what it will be.
  if (width * height <= MAX_PAINTED_PIXELS && Math.max(width, height) <= MAX_OCR_SIDE) return { scale, width, height };
  throw new RangeError(`a page of ${page.view.join(' ')} cannot be painted`);
}

async function paint(page: PDFPageProxy, { scale, width, height }: Size, canvases: CanvasCap): Promise<RawPicture> {
  const { context } = canvases.create(width, height);
  const viewport = page.getViewport({ scale });
  await page.render({ canvas: null, canvasContext: context as never, viewport, background: '#ffffff' }).promise;
  const { data } = context.getImageData(0, 0, width, height);
  // sharp does not know the arrays of a thread with a cap on streams for what they are.
  return { raw: Buffer.from(data.buffer, data.byteOffset, data.byteLength), width, height, channels: 4 };
}

/** Nothing was painted on the ground. */
function isPlain({ raw }: RawPicture): boolean {
  const pixels = new Uint32Array(raw.buffer, raw.byteOffset, raw.byteLength / 4);
  return pixels.every((pixel) => pixel === pixels[0]);
}
