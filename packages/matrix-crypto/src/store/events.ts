// Events of requests, transactions and databases: `on…` properties and listeners, bubbling, and what a listener threw.

/** An event as IndexedDB fires it. */
export class IdbEvent {
  readonly type: string;
  readonly target: EventSource;
  readonly bubbles: boolean;
  currentTarget: EventSource | null = null;
  #isDefaultPrevented = false;
  #isStopped = false;

  constructor(type: string, target: EventSource, bubbles = false) {
    this.type = type;
    this.target = target;
    this.bubbles = bubbles;
  }

  /** Of an error: the transaction goes on. */
  preventDefault(): void {
    this.#isDefaultPrevented = true;
  }

  stopPropagation(): void {
    this.#isStopped = true;
  }

  get defaultPrevented(): boolean {
    return this.#isDefaultPrevented;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }
}

/** `upgradeneeded`, `versionchange` and `blocked`: which version there was and which is asked for. */
export class IdbVersionChangeEvent extends IdbEvent {
  readonly oldVersion: number;
  readonly newVersion: number;

  constructor(type: string, target: EventSource, oldVersion: number, newVersion: number) {
    super(type, target);
    this.oldVersion = oldVersion;
    this.newVersion = newVersion;
  }
}

/** What is called with an event. */
export type Listener = (event: IdbEvent) => unknown;

/** What events are fired at. wasm sets the `on…` properties only; the listeners are there for everybody else. */
export class EventSource {
  readonly #listeners = new Map<string, Set<Listener>>();

  addEventListener(type: string, listener: Listener): void {
    const listeners = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, listeners.add(listener));
  }

  removeEventListener(type: string, listener: Listener): void {
    this.#listeners.get(type)?.delete(listener);
  }

  /** Those to call for an event, the `on…` property first. */
  listenersOf(type: string): Listener[] {
    const own = (this as unknown as Record<string, unknown>)[`on${type}`];
    const added = [...(this.#listeners.get(type) ?? [])];
    return typeof own === 'function' ? [own as Listener, ...added] : added;
  }
}

/**
 * Fires an event at its target and, when it bubbles, at those above it in turn. Returns what listeners threw (every listener is
 * called all the same), so that the caller can abort before it is reported.
 */
export function dispatch(event: IdbEvent, above: readonly EventSource[] = []): unknown[] {
  const thrown: unknown[] = [];
  for (const source of event.bubbles ? [event.target, ...above] : [event.target]) {
    event.currentTarget = source;
    for (const listener of source.listenersOf(event.type)) {
      try {
        listener.call(source, event);
      } catch (error) {
        thrown.push(error);
      }
    }
    if (event.isStopped) break;
  }
  return thrown;
}

/** Throws what listeners threw, from a task of its own: as in a browser nobody who waits for the event can catch it. */
export function report(thrown: readonly unknown[]): void {
  for (const error of thrown) {
    setImmediate(() => {
      throw error;
    });
  }
}
