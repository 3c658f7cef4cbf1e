// Owns the questions whether a page has a picture (a scan) or is blank, and how much of it pictures cover, without decoding any.
import type { PDFDocumentProxy } from 'pdfjs-dist';
import { type OpenedPdf, openPdf } from './openPdf.ts';
import { createPictureArea } from './pictureArea.ts';

/** Message of pdf.js for a picture over `maxImageSize` in a document that stops at errors. */
const PICTURE_MESSAGE = /Image exceeded maximum allowed size/;

/** A page that unpacks to more than this draws something: it is not looked at more closely. */
const MAX_CONTENT_BYTES = 4 * 1024 * 1024;

export type PictureProbe = {
  /** `contentBytes`: what the page unpacked to when its text was read. */
  hasPicture(pageNumber: number, contentBytes: number): Promise<boolean>;
  /** 0 to 1; what lies in two pictures counts twice. */
  pictureShare(pageNumber: number, contentBytes: number): Promise<number>;
  close(): Promise<void>;
};

/**
 * Opens the document again, with the first question of each kind, so that every picture counts as too large: that costs no
 * decoding (100–300 ms a scanned page). For `hasPicture` the first one ends the page with an error.
 */
export function createPictureProbe(bytes: Uint8Array): PictureProbe {
  let isFound = false;
  const onError = (reason: unknown): void => {
    isFound ||= PICTURE_MESSAGE.test(String(reason));
  };
  let stopping: Promise<OpenedPdf> | undefined;
  let passing: Promise<OpenedPdf> | undefined;
  return {
    async hasPicture(pageNumber, contentBytes) {
      if (contentBytes > MAX_CONTENT_BYTES) return true;
      stopping ??= openPdf(bytes, { maxImagePixels: 1, onError });
      isFound = false;
      await operators((await stopping).document, pageNumber);
      return isFound;
    },
    async pictureShare(pageNumber, contentBytes) {
      if (contentBytes > MAX_CONTENT_BYTES) return 0;
      passing ??= openPdf(bytes, { maxImagePixels: 1 });
      const { view, list } = await operators((await passing).document, pageNumber);
      return Math.min(1, (await createPictureArea(view))(list));
    },
    async close() {
      await (await stopping)?.close();
      await (await passing)?.close();
    },
  };
}

async function operators(document: PDFDocumentProxy, pageNumber: number) {
  const page = await document.getPage(pageNumber);
  const list = await page.getOperatorList({ annotationMode: 0 });
  page.cleanup();
  return { view: page.view, list };
}
