// Owns the giving back of large arrays before the collector finds them: it waits for 64 MB of them in each thread.

/** An array that nobody reads any more, and whose bytes are no part of a larger buffer, is empty from here on. */
export function letGo(array: ArrayBufferView | null): void {
  if (!array) return;
  const { buffer, byteLength } = array;
  const isWhole = buffer instanceof ArrayBuffer && !buffer.detached && buffer.byteLength === byteLength;
  if (isWhole) buffer.transfer(0);
}
