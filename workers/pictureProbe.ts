// Owns the question whether a page without text has a picture (a scan) or is blank, without decoding any picture.
import type { PDFDocumentProxy } from 'pdfjs-dist';
import { type OpenedPdf, openPdf } from './openPdf.ts';

/** Message of pdf.js for a picture over `maxImageSize` in a document that stops at errors. */
const PICTURE_MESSAGE = /Image exceeded maximum allowed size/;

/** A page that unpacks to more than this draws something: it is not looked at more closely. */
const MAX_CONTENT_BYTES = 4 * 1024 * 1024;

export type PictureProbe = {
  /** `contentBytes`: what the page unpacked to when its text was read. */
  hasPicture(pageNumber: number, contentBytes: number): Promise<boolean>;
  close(): Promise<void>;
};

/**
 * Opens the document a second time, with the first question, so that every picture counts as too large and ends the page
 * with an error: that costs no decoding (100–300 ms a scanned page).
 */
export function createPictureProbe(bytes: Uint8Array): PictureProbe {
  let isFound = false;
  const onError = (reason: unknown): void => {
    isFound ||= PICTURE_MESSAGE.test(String(reason));
  };
  let opened: Promise<OpenedPdf> | undefined;
  return {
    async hasPicture(pageNumber, contentBytes) {
      if (contentBytes > MAX_CONTENT_BYTES) return true;
      opened ??= openPdf(bytes, { maxImagePixels: 1, onError });
      isFound = false;
      await paint((await opened).document, pageNumber);
      return isFound;
    },
    async close() {
      await (await opened)?.close();
    },
  };
}

async function paint(document: PDFDocumentProxy, pageNumber: number): Promise<void> {
  const page = await document.getPage(pageNumber);
  await page.getOperatorList({ annotationMode: 0 });
  page.cleanup();
}
