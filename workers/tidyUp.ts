// Owns the giving back of a thread's garbage after a file that made much of it: the next file shall not be held to account for it.

/** An ordinary document leaves some 60 MB, with pdf.js; a collection of this much takes 20–50 ms. */
const MUCH_BYTES = 128 * 1024 * 1024;

/** Collects when the thread holds much, heap and byte arrays together; V8 has to be told `--expose-gc` before the thread starts. */
export function tidyUp(): void {
  const { heapTotal, external } = process.memoryUsage();
  if (heapTotal + external > MUCH_BYTES) globalThis.gc?.();
}
