// IDBFactory: opening databases of a store file, one after the other, and their upgrades.
import type { DatabaseInfo } from './catalogue.ts';
import { type Connection, IDBDatabase } from './database.ts';
import { domError } from './errors.ts';
import { dispatch, IdbEvent, IdbVersionChangeEvent, report } from './events.ts';
import { IDBOpenDBRequest, pendingState, type RequestState, settle } from './request.ts';
import { IDBTransaction, type StoreParts } from './transaction.ts';

type Opening = { readonly request: IDBOpenDBRequest; readonly state: RequestState };
type OpenConnection = { readonly database: IDBDatabase; readonly connection: Connection };

/** https://w3c.github.io/IndexedDB/#idbfactory: `open` alone, which is all that wasm calls. */
export class IDBFactory {
  readonly #parts: StoreParts;
  readonly #open = new Map<string, Set<OpenConnection>>();
  readonly #lastOpening = new Map<string, Promise<void>>();
  #whenClosed: (() => void)[] = [];
  #isShut = false;

  constructor(parts: StoreParts) {
    this.#parts = parts;
  }

  /** Opens a database, in its version or a higher one. Throws TypeError when the version is no positive integer. */
  open(name: string, version?: number): IDBOpenDBRequest {
    if (version !== undefined && !(Number.isInteger(version) && version > 0)) {
      throw new TypeError(`not a database version: ${version}`);
    }
    const state = pendingState(null, null);
    const request = new IDBOpenDBRequest(state);
    const before = this.#lastOpening.get(name) ?? Promise.resolve();
    const opening = before.then(() => this.#openNow(name, version, { request, state }));
    // The next one waits for this one's end only; what it throws goes to nobody but the process.
    this.#lastOpening.set(
      name,
      Promise.allSettled([opening]).then(() => undefined),
    );
    return request;
  }

  /** Closes all connections and opens no more. */
  static shut(factory: IDBFactory): void {
    factory.#isShut = true;
    for (const connections of factory.#open.values()) {
      for (const { database } of [...connections]) database.close();
    }
  }

  async #openNow(name: string, version: number | undefined, { request, state }: Opening): Promise<void> {
    await nextTask();
    const outcome = await this.#connect(name, version, { request, state });
    settle(state, outcome instanceof DOMException ? { error: outcome } : { result: outcome });
    report(dispatch(new IdbEvent(outcome instanceof DOMException ? 'error' : 'success', request, true)));
  }

  async #connect(name: string, version: number | undefined, opening: Opening): Promise<IDBDatabase | DOMException> {
    if (this.#isShut) return domError('InvalidStateError', 'the store is closed');
    const before = this.#parts.catalogue.database(name);
    const wanted = version ?? Math.max(before.version, 1);
    if (wanted < before.version) {
      return domError('VersionError', `${name} has version ${before.version}, which is newer than ${wanted}`);
    }
    if (wanted === before.version) return this.#newConnection(name).database;
    await this.#othersClosed(before, wanted, opening.request);
    return this.#upgrade(before, wanted, opening);
  }

  #newConnection(name: string): OpenConnection {
    const connections = this.#open.get(name) ?? new Set();
    this.#open.set(name, connections);
    const onClose = () => {
      connections.delete(open);
      for (const tell of this.#whenClosed.splice(0)) tell();
    };
    const connection: Connection = { name, upgrade: undefined, isClosed: false, onClose };
    const open = { connection, database: new IDBDatabase(this.#parts, connection) };
    connections.add(open);
    return open;
  }

  /** Asks the other connections to close, and waits until they have. */
  async #othersClosed(info: DatabaseInfo, wanted: number, request: IDBOpenDBRequest): Promise<void> {
    const others = this.#open.get(info.name) ?? new Set();
    for (const { database } of [...others]) {
      report(dispatch(new IdbVersionChangeEvent('versionchange', database, info.version, wanted)));
    }
    if (others.size > 0) report(dispatch(new IdbVersionChangeEvent('blocked', request, info.version, wanted)));
    while (others.size > 0) await new Promise<void>((resolve) => this.#whenClosed.push(resolve));
  }

  #upgrade(info: DatabaseInfo, wanted: number, { request, state }: Opening): Promise<IDBDatabase | DOMException> {
    const { database, connection } = this.#newConnection(info.name);
    const { catalogue } = this.#parts;
    const oldVersion = info.version;
    const upgrade = new IDBTransaction({
      ...this.#parts,
      db: database,
      database: info,
      mode: 'versionchange',
      names: undefined,
      onRollback: () => catalogue.forget(info.name),
    });
    connection.upgrade = upgrade;
    const tellNeeded = () => {
      settle(state, { result: database });
      state.transaction = upgrade;
      return dispatch(new IdbVersionChangeEvent('upgradeneeded', request, oldVersion, wanted));
    };
    IDBTransaction.runOf(upgrade).placeSilent(() => catalogue.setVersion(info, wanted), tellNeeded);
    return new Promise((resolve) => {
      const end = (outcome: IDBDatabase | DOMException) => {
        connection.upgrade = undefined;
        state.transaction = null;
        if (outcome instanceof DOMException) database.close();
        resolve(outcome);
      };
      upgrade.addEventListener('complete', () => {
        end(connection.isClosed ? domError('AbortError', 'the connection was closed') : database);
      });
      upgrade.addEventListener('abort', () => end(domError('AbortError', 'the upgrade was aborted', upgrade.error)));
    });
  }
}

function nextTask(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
