// Owns the life of one wasm machine: every call goes through here, and none after it was closed.
import type * as wasm from '@matrix-org/matrix-sdk-crypto-wasm';
import { CryptoError, toCryptoError } from './errors.ts';
import type { Wasm } from './wasmModule.ts';

/** How long calls under way may take when the machine is closed; some wait up to 5 s for an answer that will not come. */
const CLOSE_GRACE_MS = 500;

const closedError = () => new CryptoError('closed', 'the crypto machine was closed');

/** What the machine's keys lie in; none: memory. */
export type MachineStore = { readonly commits: number; close(): Promise<void> };
type Call = { fail: (error: CryptoError) => void };

export class LiveMachine {
  readonly module: Wasm;
  /** For reading what it is, when it was just made; calls go through `run`. */
  readonly machine: wasm.OlmMachine;
  readonly #store: MachineStore | undefined;
  readonly #calls = new Set<Call>();
  #changes = 0;
  #closing: Promise<void> | undefined;
  #whenIdle: (() => void) | undefined;

  constructor(module: Wasm, machine: wasm.OlmMachine, store?: MachineStore) {
    this.module = module;
    this.machine = machine;
    this.#store = store;
  }

  /** Throws `closed` once the machine is being closed. */
  assertOpen(): void {
    if (this.#closing) throw closedError();
  }

  /** Counts what may have changed with whom a key is shared: devices, sessions with them, trust. */
  get changes(): number {
    return this.#changes;
  }
  changed(): void {
    this.#changes += 1;
  }

  /** How many changes were ever committed to the store; 0 in memory. */
  get commits(): number {
    return this.#store?.commits ?? 0;
  }

  /** Runs `work` on the machine; what it throws becomes a CryptoError. Throws `closed` for work not done when it is closed. */
  run<T>(work: (machine: wasm.OlmMachine) => Promise<T>): Promise<T> {
    if (this.#closing) return Promise.reject(closedError());
    return new Promise<T>((resolve, reject) => {
      const call: Call = { fail: reject };
      this.#calls.add(call);
      // In an async function, since wasm throws some errors at once, before it returns a promise.
      (async () => work(this.machine))()
        .then(resolve, (thrown: unknown) => reject(toCryptoError(thrown, this.module.DecryptionErrorCode)))
        .finally(() => this.#ended(call));
    });
  }

  #ended(call: Call): void {
    this.#calls.delete(call);
    if (this.#calls.size === 0) this.#whenIdle?.();
  }

  /** Takes no more calls, lets those under way end for half a second, fails the rest, and closes the store. Twice is once. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#idle();
    this.machine.close();
    for (const call of this.#calls) call.fail(closedError());
    await this.#store?.close();
  }

  #idle(): Promise<void> {
    if (this.#calls.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, CLOSE_GRACE_MS);
      this.#whenIdle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
