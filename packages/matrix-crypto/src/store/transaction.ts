// IDBTransaction: the scope and mode that callers see, and the way to its object stores.
import type { Catalogue, DatabaseInfo } from './catalogue.ts';
import { domError } from './errors.ts';
import { EventSource, type Listener } from './events.ts';
import { NameList } from './nameList.ts';
import { IDBObjectStore } from './objectStore.ts';
import type { SqliteFile } from './sqliteFile.ts';
import { type TransactionMode, TransactionRun } from './transactionRun.ts';
import type { Turns } from './turns.ts';

/** The parts of an open store file that its transactions share. */
export type StoreParts = { readonly file: SqliteFile; readonly turns: Turns; readonly catalogue: Catalogue };

/** What a transaction is made of. */
export type TransactionPlan = StoreParts & {
  readonly db: EventSource;
  readonly database: DatabaseInfo;
  readonly mode: TransactionMode;
  /** Names of the stores; undefined is all that there are (an upgrade). */
  readonly names: readonly string[] | undefined;
  readonly onRollback?: () => void;
};

/** https://w3c.github.io/IndexedDB/#transaction */
export class IDBTransaction extends EventSource {
  oncomplete: Listener | null = null;
  onabort: Listener | null = null;
  onerror: Listener | null = null;
  error: DOMException | null = null;
  readonly mode: TransactionMode;
  readonly db: EventSource;
  readonly durability = 'strict';
  readonly #plan: TransactionPlan;
  readonly #run: TransactionRun;
  readonly #stores = new Map<number, IDBObjectStore>();

  constructor(plan: TransactionPlan) {
    super();
    this.mode = plan.mode;
    this.db = plan.db;
    this.#plan = plan;
    this.#run = new TransactionRun({
      file: plan.file,
      turns: plan.turns,
      mode: plan.mode,
      database: plan.database.name,
      stores: plan.names && new Set(plan.names),
      path: [this, plan.db],
      ...(plan.onRollback && { onRollback: plan.onRollback }),
    });
  }

  get objectStoreNames(): NameList {
    return NameList.fromNames(this.#plan.names ?? this.#plan.database.stores.keys());
  }

  /** Throws NotFoundError for a store outside the scope, InvalidStateError when the transaction is finished. */
  objectStore(name: string): IDBObjectStore {
    if (this.#run.isFinished) throw domError('InvalidStateError', 'the transaction is finished');
    const isInScope = this.#plan.names === undefined || this.#plan.names.includes(name);
    const info = isInScope ? this.#plan.database.stores.get(name) : undefined;
    if (info === undefined) throw domError('NotFoundError', `no object store ${name} in this transaction`);
    const known = this.#stores.get(info.id);
    if (known !== undefined) return known;
    const { file, catalogue } = this.#plan;
    const store = new IDBObjectStore({ file, catalogue, run: this.#run, transaction: this, info });
    this.#stores.set(info.id, store);
    return store;
  }

  commit(): void {
    this.#run.commit();
  }

  abort(): void {
    this.#run.abortOpen();
  }

  /** The running of a transaction, for the database that upgrades with it. */
  static runOf(transaction: IDBTransaction): TransactionRun {
    return transaction.#run;
  }
}
