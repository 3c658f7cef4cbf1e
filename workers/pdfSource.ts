// Owns an opened PDF for the time that it is read: mended when its tail is missing, opened anew when a page has jammed it.
import type { PDFDocumentProxy } from 'pdfjs-dist';
import { type OpenedPdf, type OpenOptions, openPdf } from './openPdf.ts';
import { withTrailer } from './repair.ts';

/** To be closed by who opened it. */
export class PdfSource {
  /** The bytes that pdf.js reads, perhaps mended. */
  readonly bytes: Uint8Array;
  readonly #options: OpenOptions;
  #opened: OpenedPdf;

  private constructor(bytes: Uint8Array, options: OpenOptions, opened: OpenedPdf) {
    this.bytes = bytes;
    this.#options = options;
    this.#opened = opened;
  }

  /** Rejects with pdf.js's own exceptions. */
  static async open(bytes: Uint8Array, options: OpenOptions): Promise<PdfSource> {
    try {
      return new PdfSource(bytes, options, await openPdf(bytes, options));
    } catch (error) {
      const isBroken = error instanceof Error && error.name === 'InvalidPDFException';
      const mended = isBroken ? withTrailer(bytes) : null;
      if (!mended) throw error;
      return new PdfSource(mended, options, await openPdf(mended, options));
    }
  }

  get document(): PDFDocumentProxy {
    return this.#opened.document;
  }

  /** Ends whatever still runs inside pdf.js for a page that was given up. */
  async reopen(): Promise<void> {
    await this.#opened.close();
    this.#opened = await openPdf(this.bytes, this.#options);
  }

  close(): Promise<void> {
    return this.#opened.close();
  }
}
