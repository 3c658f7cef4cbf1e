// Owns the news of pictures that pdf.js leaves out of a page: it goes on without them, and tells it in a warning alone.

/** pdf.js's words for a picture over `maxImageSize`, and for one that it cannot decode. */
const TOO_LARGE = /Image exceeded maximum allowed size/;
const BROKEN = /Unable to decode (?:inline )?image/;

const OF_PDFJS = /^Warning: /;

/** What a page was painted without. */
export class LeftOut {
  #tooLarge = false;
  #broken = false;

  /** From now on pdf.js's warnings in this thread are heard here and printed nowhere. */
  static install(): LeftOut {
    const leftOut = new LeftOut();
    const { warn } = console;
    console.warn = (...words: unknown[]): void => {
      if (OF_PDFJS.test(String(words[0]))) leftOut.hear(String(words[0]));
      else warn(...words);
    };
    return leftOut;
  }

  /** A new page starts whole. */
  start(): void {
    this.#tooLarge = false;
    this.#broken = false;
  }

  hear(warning: string): void {
    this.#tooLarge ||= TOO_LARGE.test(warning);
    this.#broken ||= BROKEN.test(warning);
  }

  /** A picture had more pixels than the limit. */
  get tooLarge(): boolean {
    return this.#tooLarge;
  }

  /** A picture could not be decoded. */
  get broken(): boolean {
    return this.#broken;
  }
}
