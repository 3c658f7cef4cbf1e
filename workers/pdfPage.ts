// Owns the reading of one page: its text runs, its form values and comments, or its part of an XFA form.
import type { PDFDocumentProxy } from 'pdfjs-dist';
import { joinRuns, type Run } from '../src/pipeline/joinRuns.ts';
import type { AnnotationReader } from './annotations.ts';
import { MAX_PAGE_CHARS, readRuns } from './pageRuns.ts';
import type { StreamCap } from './streamCap.ts';
import { type XfaNode, xfaText } from './xfaText.ts';

/** Why reading ended before the document did. */
export type Stop = 'time' | 'size';

/** `view`: the page's [left, bottom, right, top], in points. */
export type OnePage = { text: string; runs: Run[]; view: number[]; stopped: Stop | null };

export type PageDeps = {
  annotations: AnnotationReader;
  cap: StreamCap;
  /** In terms of `performance.now()`. */
  deadlineMs: number;
};

/** Rejects with pdf.js's errors, and with a RangeError when the page unpacks to more than the cap. */
export async function readPage(document: PDFDocumentProxy, pageNumber: number, deps: PageDeps): Promise<OnePage> {
  const page = await document.getPage(pageNumber);
  if (document.isPureXfa) {
    return within(xfaText((await page.getXfa()) as XfaNode | null), { runs: [], view: page.view, stopped: null });
  }
  const { values, comments } = await deps.annotations(document, pageNumber - 1);
  const { runs, stopped } = await readRuns(page, deps.deadlineMs, deps.cap);
  if (deps.cap.exceeded) throw new RangeError('the page unpacks to more than the limit');
  page.cleanup();
  const text = [joinRuns(runs, values), ...comments].filter((part) => part !== '').join('\n');
  return within(text, { runs, view: page.view, stopped });
}

/** Comments and forms have no runs that are counted. */
function within(text: string, page: Omit<OnePage, 'text'>): OnePage {
  if (text.length <= MAX_PAGE_CHARS) return { ...page, text };
  return { ...page, text: text.slice(0, MAX_PAGE_CHARS), stopped: 'size' };
}
