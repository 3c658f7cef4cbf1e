// Owns the text runs of one page, taken from pdf.js as they come, within time and size.
import type { PDFPageProxy } from 'pdfjs-dist';
import type { Run } from '../src/pipeline/joinRuns.ts';
import type { StreamCap } from './streamCap.ts';

/** A dense page of a manual has some 5,000 runs; a page made to fill the memory has millions. */
const MAX_RUNS = 100_000;

/**
 * A page of a telephone directory has 20,000. What is made of a text must stay small: V8 ends the whole process, and not only the
 * thread, when a single array is what goes over a thread's heap limit (a page of 22 million characters did it).
 */
export const MAX_PAGE_CHARS = 1_000_000;

/** `stopped` tells why the page was not read to its end. */
export type PageRuns = { runs: Run[]; stopped: 'time' | 'size' | null };

/**
 * Reads until the page ends, `performance.now()` passes `deadlineMs`, or the page is over the cap; rejects with pdf.js's
 * errors. What is stopped goes on inside pdf.js until the document is closed.
 */
export async function readRuns(page: PDFPageProxy, deadlineMs: number, cap: StreamCap): Promise<PageRuns> {
  // Characters are normalised after the lines are in order: pdf.js takes ligatures apart before it turns them round.
  const reader = page.streamTextContent({ disableNormalization: true }).getReader();
  cap.onExceeded = () => void reader.cancel(new Error('over the cap'));
  const runs: Run[] = [];
  let characters = 0;
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return { runs, stopped: null };
    // Marked content is not asked for, so that all items are runs.
    for (const item of value.items as Run[]) {
      item.str = item.str.slice(0, MAX_PAGE_CHARS - characters);
      characters += item.str.length;
      runs.push(item);
    }
    const isFull = runs.length > MAX_RUNS || characters >= MAX_PAGE_CHARS;
    const stopped = performance.now() > deadlineMs ? 'time' : isFull ? 'size' : null;
    if (!stopped) continue;
    await reader.cancel(new Error(`stopped by the ${stopped} limit`));
    return { runs, stopped };
  }
}
