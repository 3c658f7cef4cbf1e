// Requests: what wasm waits for, and the state behind one that the transaction or the factory moves on.
import { domError } from './errors.ts';
import { EventSource, type Listener } from './events.ts';

/** What a request shows, written by whoever serves it. */
export type RequestState = {
  readyState: 'pending' | 'done';
  result: unknown;
  error: DOMException | null;
  readonly source: unknown;
  transaction: unknown;
};

/** The state of a request that was just placed. */
export function pendingState(source: unknown, transaction: unknown): RequestState {
  return { readyState: 'pending', result: undefined, error: null, source, transaction };
}

/** Marks a request as done, with its result or its error. */
export function settle(state: RequestState, outcome: { result?: unknown; error?: DOMException }): void {
  state.readyState = 'done';
  state.result = outcome.result;
  state.error = outcome.error ?? null;
}

/** https://w3c.github.io/IndexedDB/#idbrequest */
export class IDBRequest extends EventSource {
  onsuccess: Listener | null = null;
  onerror: Listener | null = null;
  readonly #state: RequestState;

  constructor(state: RequestState) {
    super();
    this.#state = state;
  }

  get readyState(): 'pending' | 'done' {
    return this.#state.readyState;
  }

  get source(): unknown {
    return this.#state.source;
  }

  get transaction(): unknown {
    return this.#state.transaction;
  }

  /** Throws InvalidStateError while the request is pending. */
  get result(): unknown {
    return this.#done().result;
  }

  /** Throws InvalidStateError while the request is pending. */
  get error(): DOMException | null {
    return this.#done().error;
  }

  #done(): RequestState {
    if (this.#state.readyState === 'pending') throw domError('InvalidStateError', 'the request is not done');
    return this.#state;
  }
}

/** https://w3c.github.io/IndexedDB/#idbopendbrequest */
export class IDBOpenDBRequest extends IDBRequest {
  onupgradeneeded: Listener | null = null;
  onblocked: Listener | null = null;
}
