// Owns the cap on the canvases that pdf.js paints a page on: pdf.js has none, and they lie outside of the thread's heap.
import { createRequire } from 'node:module';
import type { Canvas, SKRSContext2D } from '@napi-rs/canvas';
import { MAX_CANVAS_BYTES, MAX_OCR_SIDE } from '../config/limits.ts';

type Entry = { canvas: Canvas | null; context: SKRSContext2D | null };

const BYTES_A_PIXEL = 4;

/**
 * The canvases of one document, one page after the other. Its `create`, `reset` and `destroy` are those of pdf.js's canvas factories;
 * nested transparency groups of 20 kB took 1.1 GB, one canvas a level.
 */
export class CanvasCap {
  readonly #createCanvas: typeof import('@napi-rs/canvas').createCanvas;
  readonly #maxBytes: number;
  #live = new Map<Canvas, number>();
  #bytes = 0;

  constructor(maxBytes: number = MAX_CANVAS_BYTES) {
    // Loaded with the first page that is painted: most threads paint none.
    this.#createCanvas = createRequire(import.meta.url)('@napi-rs/canvas').createCanvas;
    this.#maxBytes = maxBytes;
  }

  /** What pdf.js takes as its option `CanvasFactory`: a class, of which it makes one for the document. */
  get factory(): new () => Pick<CanvasCap, 'create' | 'reset' | 'destroy'> {
    const cap = this;
    return class {
      create = cap.create.bind(cap);
      reset = cap.reset.bind(cap);
      destroy = cap.destroy.bind(cap);
    };
  }

  /** Bytes of all canvases that are there. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Throws a RangeError when a side or all canvases together are over the cap. */
  create(width: number, height: number): { canvas: Canvas; context: SKRSContext2D } {
    this.#check(width, height, 0);
    const canvas = this.#createCanvas(width, height);
    this.#count(canvas, width, height);
    return { canvas, context: canvas.getContext('2d') };
  }

  /** Gives the canvas another size. Throws as `create` does. */
  reset({ canvas }: Entry, width: number, height: number): void {
    if (!canvas) throw new Error('there is no canvas to be reset');
    this.#check(width, height, this.#live.get(canvas) ?? 0);
    canvas.width = width;
    canvas.height = height;
    this.#count(canvas, width, height);
  }

  destroy(entry: Entry): void {
    if (entry.canvas) this.#free(entry.canvas);
    entry.canvas = null;
    entry.context = null;
  }

  /** Frees the canvases that pdf.js has left of a page: those of one that failed, and those it kept for a next time. */
  clear(): void {
    for (const canvas of this.#live.keys()) this.#free(canvas);
  }

  #check(width: number, height: number, before: number): void {
    // Not `>` for each: a side that is no number is none to paint on.
    const fits = width > 0 && height > 0 && Math.max(width, height) <= MAX_OCR_SIDE;
    if (fits && this.#bytes - before + width * height * BYTES_A_PIXEL <= this.#maxBytes) return;
    throw new RangeError(`a canvas of ${width} × ${height} pixels is more than the page may have`);
  }

  #count(canvas: Canvas, width: number, height: number): void {
    const bytes = width * height * BYTES_A_PIXEL;
    this.#bytes += bytes - (this.#live.get(canvas) ?? 0);
    this.#live.set(canvas, bytes);
  }

  /** Its pixels go at once, not when the collector finds the canvas. */
  #free(canvas: Canvas): void {
    this.#bytes -= this.#live.get(canvas) ?? 0;
    this.#live.delete(canvas);
    canvas.width = 0;
    canvas.height = 0;
  }
}
