// Owns the cap on what the streams of a PDF may unpack to, against decompression bombs.
import { brotliDecompressSync, inflateRawSync, inflateSync } from 'node:zlib';

/** How much one page may unpack, in caps of one stream: a page has several streams, but they are not all large. */
const STREAMS_PER_PAGE = 4;

/** What a stream still gives once the page is over its cap, so that pdf.js's slow second try ends at once. */
const BYTES_WHEN_OVER = 64 * 1024;

const NativeBytes = Uint8Array;

/**
 * Heap limits do not cover byte arrays, and pdf.js has no limit of its own: a Flate bomb took 3.2 GB. Installed once in a
 * thread, this cap makes arrays that are too long, or too many for one page, throw a RangeError inside pdf.js, which gives
 * up that stream; `exceeded` then tells it apart from an empty page.
 */
export class StreamCap {
  #maxStreamBytes = Number.MAX_SAFE_INTEGER;
  #bytes = 0;
  #exceeded = false;

  /** Called once when a page goes over the cap; forgotten with the next start. */
  onExceeded: (() => void) | undefined;

  /**
   * Puts the cap on this thread's `Uint8Array` and `DecompressionStream`, for good, and on the arrays that pictures are decoded in:
   * a JPEG may have more pixels than its PDF says, and a mask more than its picture (one of 16,000 × 16,000 took 900 MB).
   */
  static install(): StreamCap {
    const cap = new StreamCap();
    globalThis.Uint8Array = capped(cap, Uint8Array);
    globalThis.Uint8ClampedArray = capped(cap, Uint8ClampedArray);
    globalThis.Int16Array = capped(cap, Int16Array);
    globalThis.DecompressionStream = cappedDecompression(cap);
    return cap;
  }

  /** A new page (or the opening of a document) starts with nothing unpacked. */
  start(maxStreamBytes: number): void {
    this.#maxStreamBytes = maxStreamBytes;
    this.#bytes = 0;
    this.#exceeded = false;
    this.onExceeded = undefined;
  }

  /** No limit until the next start: for the thread's own work. */
  release(): void {
    this.start(Number.MAX_SAFE_INTEGER);
  }

  get exceeded(): boolean {
    return this.#exceeded;
  }

  /** Bytes unpacked since the start, about. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How long a next array may be. */
  get allowance(): number {
    if (this.#exceeded) return BYTES_WHEN_OVER;
    return Math.min(this.#maxStreamBytes, this.#maxStreamBytes * STREAMS_PER_PAGE - this.#bytes);
  }

  /** Counts an array of so many bytes; throws a RangeError when it is over the cap. */
  count(bytes: number): void {
    if (bytes > this.allowance) {
      if (!this.#exceeded) this.onExceeded?.();
      this.#exceeded = true;
      throw new RangeError(`a stream unpacks to more than ${this.#maxStreamBytes} bytes`);
    }
    this.#bytes += bytes;
  }
}

type ArrayClass = new (length: number) => ArrayBufferView;

function capped<T extends ArrayClass & { readonly BYTES_PER_ELEMENT: number }>(cap: StreamCap, Native: T): T {
  const { BYTES_PER_ELEMENT } = Native;
  // A plain function and not a Proxy: `instanceof` stays fast, and arrays made elsewhere still pass it.
  function Capped(this: unknown, ...args: unknown[]): unknown {
    if (typeof args[0] === 'number') cap.count(args[0] * BYTES_PER_ELEMENT);
    const target = new.target === (Capped as unknown) ? Native : (new.target ?? Native);
    return Reflect.construct(Native, args, target);
  }
  Object.setPrototypeOf(Capped, Native);
  Capped.prototype = Native.prototype;
  Object.defineProperty(Capped, 'BYTES_PER_ELEMENT', { value: BYTES_PER_ELEMENT });
  return Capped as unknown as T;
}

const DECODERS = { deflate: inflateSync, 'deflate-raw': inflateRawSync, brotli: brotliDecompressSync };

/** The part of DecompressionStream that pdf.js uses. zlib caps the output itself, and a synchronous call saves the thread's idle waits. */
function cappedDecompression(cap: StreamCap): typeof DecompressionStream {
  class CappedDecompression {
    readonly writable;
    readonly readable;

    constructor(format: keyof typeof DECODERS) {
      let chunk: Uint8Array | undefined;
      const decode = DECODERS[format];
      const write = async (bytes: Uint8Array): Promise<void> => {
        chunk = unpack(cap, decode, bytes);
      };
      let written: Promise<void> = Promise.resolve();
      this.writable = {
        getWriter: () => ({
          write: (bytes: Uint8Array) => {
            written = write(bytes);
            return written;
          },
          close: async () => {},
        }),
      };
      this.readable = {
        getReader: () => ({
          read: async () => {
            await written;
            const value = chunk;
            chunk = undefined;
            return { value, done: value === undefined };
          },
        }),
      };
    }
  }
  return CappedDecompression as unknown as typeof DecompressionStream;
}

type Decoder = (bytes: Uint8Array, options: { maxOutputLength: number; chunkSize: number }) => Buffer;

function unpack(cap: StreamCap, decode: Decoder, bytes: Uint8Array): Uint8Array {
  const chunkSize = Math.min(1024 * 1024, Math.max(16 * 1024, bytes.length * 4));
  let result: Buffer;
  try {
    result = decode(bytes, { maxOutputLength: cap.allowance, chunkSize });
  } catch (error) {
    if (error instanceof RangeError) cap.count(Number.MAX_SAFE_INTEGER);
    throw error;
  }
  cap.count(result.length);
  return new NativeBytes(result.buffer, result.byteOffset, result.byteLength);
}
