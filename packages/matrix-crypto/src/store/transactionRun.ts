// The running of one transaction: its queue of operations, one a task, and its end by COMMIT or ROLLBACK.
import { asDomError, domError } from './errors.ts';
import { dispatch, type EventSource, IdbEvent, report } from './events.ts';
import { IDBRequest, pendingState, type RequestState, settle } from './request.ts';
import type { SqliteFile } from './sqliteFile.ts';
import type { Turn, Turns } from './turns.ts';

export type TransactionMode = 'readonly' | 'readwrite' | 'versionchange';

/** What a transaction runs on and whom it tells. */
export type RunPlan = {
  readonly file: SqliteFile;
  readonly turns: Turns;
  readonly mode: TransactionMode;
  readonly database: string;
  readonly stores: ReadonlySet<string> | undefined;
  /** The transaction as callers see it, then what its events bubble to. */
  readonly path: readonly [EventSource, ...EventSource[]];
  /** Called right after a rollback: what memory says of the catalogue is no longer so. */
  readonly onRollback?: () => void;
};

/** A request and the state behind it. */
export type Placed = { readonly request: IDBRequest; readonly state: RequestState };

/** One operation: what it does to the file, and who is told of its outcome; each teller returns what listeners threw. */
type Operation = {
  readonly work: () => unknown;
  readonly succeed: (result: unknown) => unknown[];
  readonly fail: (error: DOMException) => { thrown: unknown[]; isHandled: boolean };
};

/**
 * Each step is a task of its own (setImmediate), so that all microtasks of an event, which is where wasm's futures run, may place
 * the next request before the queue is found empty: then the transaction commits by itself, as the specification says.
 */
export class TransactionRun {
  readonly mode: TransactionMode;
  readonly #plan: RunPlan;
  readonly #turn: Turn;
  readonly #queue: Operation[] = [];
  #phase: 'open' | 'committing' | 'finished' = 'open';
  #hasStarted = false;
  #isStepDue = false;

  constructor(plan: RunPlan) {
    this.mode = plan.mode;
    this.#plan = plan;
    this.#turn = {
      database: plan.database,
      stores: plan.stores,
      writes: plan.mode !== 'readonly',
      wake: () => this.#stepSoon(),
    };
    plan.turns.enter(this.#turn);
    this.#stepSoon();
  }

  get isFinished(): boolean {
    return this.#phase === 'finished';
  }

  /** Throws TransactionInactiveError once the transaction takes no more requests. */
  assertOpen(): void {
    if (this.#phase !== 'open') throw domError('TransactionInactiveError', 'the transaction takes no more requests');
  }

  /** Queues an operation whose outcome is a request's; `again` is a request (a cursor's) that waits for its next outcome. */
  place(source: unknown, work: () => unknown, again?: Placed): Placed {
    this.assertOpen();
    const { request, state } = again ?? this.#newRequest(source);
    state.readyState = 'pending';
    this.#add({
      work,
      succeed: (result) => {
        settle(state, { result });
        return dispatch(new IdbEvent('success', request));
      },
      fail: (error) => {
        settle(state, { error });
        const event = new IdbEvent('error', request, true);
        const thrown = dispatch(event, this.#plan.path);
        return { thrown, isHandled: event.defaultPrevented };
      },
    });
    return { request, state };
  }

  /** Queues an operation without a request; `done` is called after it and returns what listeners threw. */
  placeSilent(work: () => void, done: () => unknown[] = () => []): void {
    this.#add({ work, succeed: done, fail: () => ({ thrown: [], isHandled: false }) });
  }

  /** Takes no more requests, and commits when those that were placed are served. */
  commit(): void {
    if (this.#phase !== 'open') throw domError('InvalidStateError', 'the transaction is committing or finished');
    this.#phase = 'committing';
    this.#stepSoon();
  }

  /** What a caller's abort does. Throws InvalidStateError when the transaction is committing or finished. */
  abortOpen(): void {
    if (this.#phase !== 'open') throw domError('InvalidStateError', 'the transaction is committing or finished');
    this.abort(null);
  }

  /** Rolls back at once; open requests fail and `abort` is fired in a later task. Does nothing when all is over. */
  abort(error: DOMException | null): void {
    if (this.#phase === 'finished') return;
    this.#phase = 'finished';
    const transaction = this.#plan.path[0] as { error?: DOMException | null } & EventSource;
    transaction.error = error;
    if (this.#hasStarted && this.#turn.writes) this.#plan.file.rollback();
    this.#plan.onRollback?.();
    this.#plan.turns.leave(this.#turn);
    setImmediate(() => this.#tellAborted());
  }

  #newRequest(source: unknown): Placed {
    const state = pendingState(source, this.#plan.path[0]);
    return { request: new IDBRequest(state), state };
  }

  #tellAborted(): void {
    const failed = this.#queue
      .splice(0)
      .flatMap(({ fail }) => fail(domError('AbortError', 'the transaction was aborted')).thrown);
    report([...failed, ...this.#fire('abort', true)]);
  }

  #add(operation: Operation): void {
    this.#queue.push(operation);
    this.#stepSoon();
  }

  #stepSoon(): void {
    if (this.#isStepDue || this.#phase === 'finished') return;
    this.#isStepDue = true;
    setImmediate(() => {
      this.#isStepDue = false;
      this.#step();
    });
  }

  #step(): void {
    if (this.#phase === 'finished' || !this.#start()) return;
    const operation = this.#queue.shift();
    if (operation === undefined) {
      this.#commitNow();
      return;
    }
    // Before the outcome is told: the step after it then comes behind the microtasks of those who are told.
    this.#stepSoon();
    this.#serve(operation);
  }

  /** False while it is not yet this transaction's turn, and when it could not begin. */
  #start(): boolean {
    if (this.#hasStarted) return true;
    if (!this.#plan.turns.mayStart(this.#turn)) return false;
    try {
      if (this.#turn.writes) this.#plan.file.begin();
    } catch (error) {
      this.abort(asDomError(error));
      return false;
    }
    this.#hasStarted = true;
    return true;
  }

  #serve({ work, succeed, fail }: Operation): void {
    let result: unknown;
    try {
      result = work();
    } catch (error) {
      this.#afterFailure(asDomError(error), fail);
      return;
    }
    const thrown = succeed(result);
    if (thrown.length > 0) this.#abortAfterThrow(thrown);
  }

  #afterFailure(error: DOMException, fail: Operation['fail']): void {
    const { thrown, isHandled } = fail(error);
    if (thrown.length > 0) this.#abortAfterThrow(thrown);
    // SQLite rolls back by itself on some errors, and half an operation may stand after others: only our own, which are thrown
    // before anything is written, leave a transaction that can go on.
    const canGoOn = isHandled && error.name === 'ConstraintError';
    if (!canGoOn) this.abort(error);
  }

  #abortAfterThrow(thrown: unknown[]): void {
    this.abort(domError('AbortError', `a listener threw: ${String(thrown[0])}`, thrown[0]));
    report(thrown);
  }

  #commitNow(): void {
    try {
      if (this.#turn.writes) this.#plan.file.commit();
    } catch (error) {
      this.abort(asDomError(error));
      return;
    }
    this.#phase = 'finished';
    this.#plan.turns.leave(this.#turn);
    report(this.#fire('complete', false));
  }

  #fire(type: 'complete' | 'abort', bubbles: boolean): unknown[] {
    const [transaction, ...above] = this.#plan.path;
    return dispatch(new IdbEvent(type, transaction, bubbles), above);
  }
}
