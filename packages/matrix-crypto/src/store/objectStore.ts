// IDBObjectStore and IDBIndex: writing, reading (recordSource.ts) and, during an upgrade, making indices.
import type { IndexInfo } from './catalogue.ts';
import { domError } from './errors.ts';
import { type KeyPath, parseKeyPath } from './keyPath.ts';
import { NameList } from './nameList.ts';
import { needBounds, RecordSource } from './recordSource.ts';
import { fillIndex } from './records.ts';
import type { IDBRequest } from './request.ts';
import { assertWritable, placeDelete, placePut, type StoreAccess } from './storeAccess.ts';

/** Options of an index; only `unique` may be true. */
export type IndexOptions = { readonly unique?: boolean; readonly multiEntry?: boolean };

/** https://w3c.github.io/IndexedDB/#idbobjectstore with keys that the caller gives (no key path, no key generator). */
export class IDBObjectStore extends RecordSource {
  readonly keyPath = null;
  readonly autoIncrement = false;
  readonly #access: StoreAccess;
  readonly #indices = new Map<number, IDBIndex>();

  constructor(access: StoreAccess) {
    super(access, { store: access.info });
    this.#access = access;
  }

  get name(): string {
    return this.#access.info.name;
  }

  get transaction(): unknown {
    return this.#access.transaction;
  }

  get indexNames(): NameList {
    return NameList.fromNames(this.#access.info.indices.keys());
  }

  /** Stores a value in the place of what the key has. The result is the key. */
  put(value: unknown, key: unknown): IDBRequest {
    return placePut(this.#access, this, value, key, false);
  }

  /** Stores a value; fails with ConstraintError when the key has one. The result is the key. */
  add(value: unknown, key: unknown): IDBRequest {
    return placePut(this.#access, this, value, key, true);
  }

  delete(query: unknown): IDBRequest {
    assertWritable(this.#access);
    return placeDelete(this.#access, this, needBounds(query));
  }

  clear(): IDBRequest {
    return placeDelete(this.#access, this);
  }

  /** Throws NotFoundError when the store has no such index. */
  index(name: string): IDBIndex {
    if (this.#access.run.isFinished) throw domError('InvalidStateError', 'the transaction is finished');
    const info = this.#access.info.indices.get(name);
    if (info === undefined) throw domError('NotFoundError', `no index ${name} in ${this.name}`);
    const known = this.#indices.get(info.id);
    if (known !== undefined) return known;
    const index = new IDBIndex(this, this.#access, info);
    this.#indices.set(info.id, index);
    return index;
  }

  /** Makes an index, in an upgrade only; records that break a unique one abort the upgrade. */
  createIndex(name: string, keyPath: unknown, options: IndexOptions = {}): IDBIndex {
    const { run, info, catalogue, file } = this.#access;
    if (run.mode !== 'versionchange') throw domError('InvalidStateError', 'indices are made in an upgrade');
    if (info.isDeleted) throw domError('InvalidStateError', 'the object store was deleted');
    run.assertOpen();
    if (info.indices.has(name)) throw domError('ConstraintError', `${this.name} has an index ${name}`);
    const path = parseKeyPath(keyPath);
    if (options.multiEntry) throw domError('NotSupportedError', 'multiEntry indices are not kept');
    const index = catalogue.addIndex(info, name, path, options.unique === true);
    // In the queue, behind the puts that were placed before; a store that goes meanwhile needs none.
    run.placeSilent(() => {
      if (!info.isDeleted) fillIndex(file, info, index);
    });
    return this.index(name);
  }
}

/** https://w3c.github.io/IndexedDB/#idbindex */
export class IDBIndex extends RecordSource {
  readonly objectStore: IDBObjectStore;
  readonly multiEntry = false;
  readonly #info: IndexInfo;

  constructor(objectStore: IDBObjectStore, access: StoreAccess, info: IndexInfo) {
    super(access, { store: access.info, index: info });
    this.objectStore = objectStore;
    this.#info = info;
  }

  get name(): string {
    return this.#info.name;
  }

  get keyPath(): KeyPath {
    return this.#info.keyPath;
  }

  get unique(): boolean {
    return this.#info.isUnique;
  }
}
