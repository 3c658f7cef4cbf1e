// Owns an opened PDF for the time that it is read: mended when its tail is missing, opened anew when a page has jammed it.
import type { PDFDocumentProxy } from 'pdfjs-dist';
import { type OpenedPdf, openPdf } from './openPdf.ts';
import { withTrailer } from './repair.ts';

/** To be closed by who opened it. */
export class PdfSource {
  /** The bytes that pdf.js reads, perhaps mended. */
  readonly bytes: Uint8Array;
  readonly #maxImagePixels: number;
  #opened: OpenedPdf;

  private constructor(bytes: Uint8Array, maxImagePixels: number, opened: OpenedPdf) {
    this.bytes = bytes;
    this.#maxImagePixels = maxImagePixels;
    this.#opened = opened;
  }

  /** Rejects with pdf.js's own exceptions. */
  static async open(bytes: Uint8Array, maxImagePixels: number): Promise<PdfSource> {
    try {
      return new PdfSource(bytes, maxImagePixels, await openPdf(bytes, { maxImagePixels }));
    } catch (error) {
      const isBroken = error instanceof Error && error.name === 'InvalidPDFException';
      const mended = isBroken ? withTrailer(bytes) : null;
      if (!mended) throw error;
      return new PdfSource(mended, maxImagePixels, await openPdf(mended, { maxImagePixels }));
    }
  }

  get document(): PDFDocumentProxy {
    return this.#opened.document;
  }

  /** Ends whatever still runs inside pdf.js for a page that was given up. */
  async reopen(): Promise<void> {
    await this.#opened.close();
    this.#opened = await openPdf(this.bytes, { maxImagePixels: this.#maxImagePixels });
  }

  close(): Promise<void> {
    return this.#opened.close();
  }
}
