// The errors of the store: a typed one for whoever opens it, DOMExceptions by name for whoever calls its IndexedDB.

/**
 * `store_in_use`: another process, or another machine in this one, has the store open. `store_unusable`: the file cannot be
 * opened, is no such store, is damaged, or was written by a newer version. `store_rolled_back`: an older copy was put back.
 */
export type CryptoStoreErrorCode = 'store_in_use' | 'store_unusable' | 'store_rolled_back';

/** What `openCryptoStore` throws; `code` says which, the message is one line for an operator. */
export class CryptoStoreError extends Error {
  readonly code: CryptoStoreErrorCode;

  constructor(code: CryptoStoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CryptoStoreError';
    this.code = code;
  }
}

/** A DOMException with one of the names of https://webidl.spec.whatwg.org/#idl-DOMException-error-names. */
export function domError(name: string, message: string, cause?: unknown): DOMException {
  return new DOMException(message, { name, cause });
}

// https://www.sqlite.org/rescode.html
const SQLITE_FULL = 13;

/** What an operation threw, as the DOMException that its request carries: SQLite's own errors become storage errors. */
export function asDomError(thrown: unknown): DOMException {
  if (thrown instanceof DOMException) return thrown;
  const isFull = sqliteCode(thrown) === SQLITE_FULL;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return domError(isFull ? 'QuotaExceededError' : 'UnknownError', message, thrown);
}

/** The primary result code of an error of node:sqlite; undefined for any other. */
export function sqliteCode(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error) || !('errcode' in thrown) || typeof thrown.errcode !== 'number') return undefined;
  return thrown.errcode & 0xff;
}
