// IDBDatabase: one connection to a database, its transactions, and the making of stores in an upgrade.
import type { DatabaseInfo } from './catalogue.ts';
import { domError } from './errors.ts';
import { EventSource, type Listener } from './events.ts';
import { NameList } from './nameList.ts';
import type { IDBObjectStore } from './objectStore.ts';
import { deleteRecords } from './records.ts';
import { IDBTransaction, type StoreParts } from './transaction.ts';

/** What the factory shares with a connection. */
export type Connection = {
  readonly name: string;
  /** The upgrade that is under way on this connection. */
  upgrade: IDBTransaction | undefined;
  isClosed: boolean;
  readonly onClose: () => void;
};

/** Options of an object store; neither may be set. */
export type ObjectStoreOptions = { readonly keyPath?: unknown; readonly autoIncrement?: boolean };

/** https://w3c.github.io/IndexedDB/#database-interface */
export class IDBDatabase extends EventSource {
  onversionchange: Listener | null = null;
  onabort: Listener | null = null;
  onerror: Listener | null = null;
  onclose: Listener | null = null;
  readonly #parts: StoreParts;
  readonly #connection: Connection;

  constructor(parts: StoreParts, connection: Connection) {
    super();
    this.#parts = parts;
    this.#connection = connection;
  }

  get name(): string {
    return this.#connection.name;
  }

  get version(): number {
    return this.#info.version;
  }

  get objectStoreNames(): NameList {
    return NameList.fromNames(this.#info.stores.keys());
  }

  /**
   * Begins a transaction over one or several stores. Throws InvalidStateError when the connection is closed or upgrading,
   * NotFoundError for an unknown store, InvalidAccessError without stores, TypeError for an unknown mode.
   */
  transaction(names: string | Iterable<string>, mode = 'readonly'): IDBTransaction {
    if (this.#connection.upgrade) throw domError('InvalidStateError', 'the database is being upgraded');
    if (this.#connection.isClosed) throw domError('InvalidStateError', 'the connection is closed');
    const scope = [...new Set(typeof names === 'string' ? [names] : names)].map(String);
    const info = this.#info;
    for (const name of scope) {
      if (!info.stores.has(name)) throw domError('NotFoundError', `no object store ${name} in ${this.name}`);
    }
    if (scope.length === 0) throw domError('InvalidAccessError', 'a transaction needs an object store');
    if (mode !== 'readonly' && mode !== 'readwrite') throw new TypeError(`no transaction mode ${mode}`);
    return new IDBTransaction({ ...this.#parts, db: this, database: info, mode, names: scope });
  }

  /** Makes an object store, in an upgrade only. */
  createObjectStore(name: string, options: ObjectStoreOptions = {}): IDBObjectStore {
    const upgrade = this.#upgrade();
    if (this.#info.stores.has(name)) throw domError('ConstraintError', `${this.name} has an object store ${name}`);
    if ((options.keyPath ?? null) !== null || options.autoIncrement) {
      throw domError('NotSupportedError', 'object stores take their keys from the caller only');
    }
    this.#parts.catalogue.addStore(this.#info, name);
    return upgrade.objectStore(name);
  }

  /** Deletes an object store with its records, in an upgrade only. */
  deleteObjectStore(name: string): void {
    const upgrade = this.#upgrade();
    const store = this.#info.stores.get(name);
    if (store === undefined) throw domError('NotFoundError', `no object store ${name} in ${this.name}`);
    this.#parts.catalogue.removeStore(this.#info, store);
    // In the queue, behind the puts that were placed before.
    IDBTransaction.runOf(upgrade).placeSilent(() => deleteRecords(this.#parts.file, store));
  }

  /** Takes no more transactions; those that live go on to their end. */
  close(): void {
    if (this.#connection.isClosed) return;
    this.#connection.isClosed = true;
    this.#connection.onClose();
  }

  get #info(): DatabaseInfo {
    return this.#parts.catalogue.database(this.#connection.name);
  }

  #upgrade(): IDBTransaction {
    const { upgrade } = this.#connection;
    if (upgrade === undefined) throw domError('InvalidStateError', 'object stores are made and deleted in an upgrade');
    IDBTransaction.runOf(upgrade).assertOpen();
    return upgrade;
  }
}
