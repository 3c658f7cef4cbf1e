// Owns the opening of a PDF with the options that reading text needs, and what it means when that fails.
import { join } from 'node:path';
import type { PDFDocumentProxy } from 'pdfjs-dist';
import type { CanvasCap } from './canvasCap.ts';
import { type Ears, loadPdfjs, type Pdfjs, WARNINGS } from './pdfjs.ts';

export type OpenedPdf = { document: PDFDocumentProxy; close(): Promise<void> };

export type OpenOptions = {
  maxImagePixels: number;
  /** Gets each picture that is decoded, to change it before it is painted. */
  onPicture?: Ears['onPicture'];
  /** Needed to paint pages. */
  canvases?: CanvasCap;
  /** Errors in a page's content end that page and are told here, instead of being passed over. */
  onError?: (reason: unknown) => void;
};

/** Opens a PDF; an empty user password opens without asking. Rejects with pdf.js's own exceptions. */
export async function openPdf(bytes: Uint8Array, options: OpenOptions): Promise<OpenedPdf> {
  const pdfjs = await loadPdfjs();
  const { worker, close } = pdfjs.connect(options);
  const task = pdfjs.display.getDocument({ ...baseOptions(pdfjs, options), data: bytes, worker });
  // A document that cannot be closed has been read all the same; what it holds goes with the thread.
  const end = (): Promise<void> => task.destroy().then(close, close);
  try {
    return { document: await task.promise, close: end };
  } catch (error) {
    await end();
    throw error;
  }
}

function baseOptions({ folder }: Pdfjs, options: OpenOptions): object {
  return {
    verbosity: WARNINGS,
    disableFontFace: true,
    useSystemFonts: false,
    // Turns an XFA form from "Please wait" into its text.
    enableXfa: true,
    maxImageSize: options.maxImagePixels,
    ...(options.canvases && { CanvasFactory: options.canvases.factory }),
    stopAtErrors: options.onError !== undefined,
    standardFontDataUrl: join(folder, 'standard_fonts/'),
    cMapUrl: join(folder, 'cmaps/'),
    wasmUrl: join(folder, 'wasm/'),
  };
}
