// Owns the channel between the two halves of pdf.js when both run in one thread: messages go by reference, in order.
import type { PdfPicture } from './shrinkPicture.ts';

type Message = { chunk?: object; reason?: unknown; data?: unknown };
/** Part of a page's operators, as pdf.js sends them. */
type Operators = { fnArray: unknown[]; argsArray: unknown[] };
type Listener = (event: { data: Message }) => void;

/** One end of a loopback; the part of MessagePort that pdf.js uses. */
export class LoopbackPort {
  /** Hears each error that passes: pdf.js keeps those of operator lists to itself and gives a list that is cut. */
  onError: ((reason: unknown) => void) | undefined;
  /** Hears each decoded picture that passes, and may change it. */
  onPicture: ((picture: PdfPicture) => void) | undefined;
  readonly #listeners = new Set<Listener>();
  #other: LoopbackPort | undefined;

  /** Two ends, each heard by the other. pdf.js's own loopback clones each message, which costs a tenth of the reading time. */
  static pair(): [LoopbackPort, LoopbackPort] {
    const [one, other] = [new LoopbackPort(), new LoopbackPort()];
    one.#other = other;
    other.#other = one;
    return [one, other];
  }

  postMessage(message: Message): void {
    const receiver = this.#other;
    if (!receiver) return;
    if (message.reason) receiver.onError?.(message.reason);
    const picture = receiver.onPicture && pictureIn(message.data);
    if (picture) receiver.onPicture?.(picture);
    const data = message.chunk ? { ...message, chunk: copyOf(message.chunk) } : message;
    queueMicrotask(() => {
      for (const listener of receiver.#listeners) listener.call(receiver, { data });
    });
  }

  addEventListener(_type: string, listener: Listener, options: { signal?: AbortSignal } = {}): void {
    this.#listeners.add(listener);
    options.signal?.addEventListener('abort', () => this.#listeners.delete(listener), { once: true });
  }

  removeEventListener(_type: string, listener: Listener): void {
    this.#listeners.delete(listener);
  }

  /** Ends the traffic in both directions. */
  close(): void {
    this.#listeners.clear();
    if (this.#other) this.#other.#listeners.clear();
  }
}

/** pdf.js sends objects as their name, perhaps their page, their type and themselves: null for a picture that cannot be decoded. */
function pictureIn(data: unknown): PdfPicture | null {
  return Array.isArray(data) && data.at(-2) === 'Image' ? (data.at(-1) as PdfPicture | null) : null;
}

/** pdf.js fills the same object again for the next piece of text, and empties the same arrays of operators, before this one is heard. */
function copyOf(chunk: object): object {
  const { fnArray, argsArray } = chunk as Partial<Operators>;
  return fnArray && argsArray ? { ...chunk, fnArray: [...fnArray], argsArray: [...argsArray] } : { ...chunk };
}
