// Owns the pixels of a scanned PDF page: pdf.js paints it at a resolution that OCR reads well, within caps.
import { readFile, stat } from 'node:fs/promises';
import { createCanvas } from '@napi-rs/canvas';
import type { PDFPageProxy } from 'pdfjs-dist';
import { loadPdfjs } from './pdfjs.ts';
import { PdfSource } from './pdfSource.ts';
import type { RawPicture } from './pictureSource.ts';

/** Dots an inch: letters of 10 points get the 20 to 30 pixels that Tesseract was taught on. */
const DPI = 200;

/** A4 has 3.9 million at that resolution; larger sheets (plans, posters) get a coarser one. */
const MAX_PIXELS = 8_000_000;

/** A picture unpacks to more than other streams do: a colour scan of 300 dpi to 26 MB, one of 600 dpi to 104 MB. */
const PICTURE_STREAMS = 4;

export type PageToRender = { path: string; page: number; maxImagePixels: number; maxStreamBytes: number };

type Kept = { key: string; source: PdfSource };

/** The file that this thread has rendered last: the next page is mostly of the same. */
let kept: Kept | undefined;

/**
 * Page `page` of a PDF as RGBA. Rejects with pdf.js's errors, with a RangeError when the page unpacks to more than the cap or is
 * not there. A picture with more than `maxImagePixels` is left out of the page.
 */
export async function renderPage(request: PageToRender): Promise<RawPicture> {
  const { cap } = await loadPdfjs();
  cap.start(request.maxStreamBytes * PICTURE_STREAMS);
  try {
    const { document } = await sourceOf(request);
    if (request.page > document.numPages) throw new RangeError(`there is no page ${request.page}`);
    const page = await document.getPage(request.page);
    const picture = await paint(page);
    page.cleanup();
    if (cap.exceeded) throw new RangeError('the page unpacks to more than the limit');
    return picture;
  } catch (error) {
    // What still runs inside pdf.js for this page ends with the document.
    await forget();
    throw error;
  } finally {
    cap.release();
  }
}

async function sourceOf({ path, maxImagePixels }: PageToRender): Promise<PdfSource> {
  const { size, mtimeMs } = await stat(path);
  const key = [path, size, mtimeMs, maxImagePixels].join(' ');
  if (kept?.key === key) return kept.source;
  await forget();
  kept = { key, source: await PdfSource.open(new Uint8Array(await readFile(path)), maxImagePixels) };
  return kept.source;
}

async function forget(): Promise<void> {
  const last = kept;
  kept = undefined;
  await last?.source.close();
}

async function paint(page: PDFPageProxy): Promise<RawPicture> {
  const { width, height } = page.getViewport({ scale: 1 });
  const scale = Math.min(DPI / 72, Math.sqrt(MAX_PIXELS / (width * height)));
  const viewport = page.getViewport({ scale });
  const canvas = createCanvas(Math.max(1, Math.floor(viewport.width)), Math.max(1, Math.floor(viewport.height)));
  const canvasContext = canvas.getContext('2d');
  await page.render({ canvas: null, canvasContext: canvasContext as never, viewport, background: '#ffffff' }).promise;
  const { data } = canvasContext.getImageData(0, 0, canvas.width, canvas.height);
  return {
    // sharp does not know the arrays of a thread with a cap on streams for what they are.
    raw: Buffer.from(data.buffer, data.byteOffset, data.byteLength),
    width: canvas.width,
    height: canvas.height,
    channels: 4,
  };
}
