// Owns the line of calls before a gate: first come, first served, and whoever gives up leaves.

type Waiting<T, P> = { what: T; admit(pass: P): void; refuse(reason: unknown): void };

/** `T` stands in line for `P`. `onMove`: somebody stands first who did not before. */
export class CallLine<T, P> {
  readonly #line: Waiting<T, P>[] = [];
  readonly #onMove: () => void;

  constructor(onMove: () => void) {
    this.#onMove = onMove;
  }

  get first(): T | undefined {
    return this.#line[0]?.what;
  }

  /** Resolves with what `admit` is given for it; throws what `refuse` is given, or the reason of `signal`. */
  stand(what: T, signal: AbortSignal): Promise<P> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const stop = () => signal.removeEventListener('abort', leave);
      const one: Waiting<T, P> = {
        what,
        admit(pass) {
          stop();
          resolve(pass);
        },
        refuse(reason) {
          stop();
          reject(reason);
        },
      };
      const leave = () => {
        const place = this.#line.indexOf(one);
        this.#line.splice(place, 1);
        reject(signal.reason);
        if (place === 0) this.#onMove();
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#line.push(one);
      if (this.#line.length === 1) this.#onMove();
    });
  }

  /** Lets the first one through. */
  admit(pass: P): void {
    this.#line.shift()?.admit(pass);
  }

  /** Sends all away, each with a reason of its own. */
  refuse(reason: () => unknown): void {
    for (const one of this.#line.splice(0)) one.refuse(reason());
  }
}
