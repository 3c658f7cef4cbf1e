// The one SQLite connection of a store: how the file is made, locked and written, and the count of its commits.
import { chmodSync, closeSync, openSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite';
import { CryptoStoreError, sqliteCode } from './errors.ts';
import { LAYOUT, LAYOUT_VERSION } from './layout.ts';

const SQLITE_BUSY = 5;

// EXCLUSIVE before the first use of WAL: the lock is kept until the file is closed, and there is no shared-memory file.
// secure_delete: used-up keys are overwritten, not merely unlinked.
const SETTINGS = `
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA secure_delete = ON;
  PRAGMA journal_size_limit = 1048576;
`;

/** Rows and statements of an open store file. Not for use by two transactions that write at a time. */
export class SqliteFile {
  readonly #connection: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  #hasWritten = false;
  #commits: number;

  constructor(connection: DatabaseSync) {
    this.#connection = connection;
    this.#commits = Number(this.row('SELECT n FROM commits')?.n);
  }

  rows(sql: string, ...values: SQLInputValue[]): Record<string, SQLOutputValue>[] {
    return this.#statement(sql).all(...values);
  }

  row(sql: string, ...values: SQLInputValue[]): Record<string, SQLOutputValue> | undefined {
    return this.#statement(sql).get(...values);
  }

  /** Writes; only within `begin` and `commit`. Returns the row id of what was inserted last. */
  write(sql: string, ...values: SQLInputValue[]): number {
    this.#hasWritten = true;
    return Number(this.#statement(sql).run(...values).lastInsertRowid);
  }

  begin(): void {
    this.#hasWritten = false;
    this.#connection.exec('BEGIN IMMEDIATE');
  }

  /** Returns when all since `begin` is on disk (fsync); counts the commit when there was something to write. */
  commit(): void {
    const commits = this.#commits + (this.#hasWritten ? 1 : 0);
    if (this.#hasWritten) this.#statement('UPDATE commits SET n = ?').run(commits);
    this.#statement('COMMIT').run();
    this.#commits = commits;
  }

  rollback(): void {
    // Some of SQLite's own errors (disk full) have rolled back already.
    if (this.#connection.isTransaction) this.#connection.exec('ROLLBACK');
  }

  /** How many transactions that wrote something were ever committed to this file. */
  get commits(): number {
    return this.#commits;
  }

  /** Moves the log into the file and lets the lock go. */
  close(): void {
    this.#connection.close();
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#connection.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

/**
 * Opens the file, made with mode 0600 when it is not there (its folder must be), and takes its lock.
 * Throws CryptoStoreError `store_in_use` at once when somebody else has it, `store_unusable` with the reason otherwise.
 */
export function openSqliteFile(path: string): SqliteFile {
  let connection: DatabaseSync | undefined;
  try {
    makePrivate(path);
    connection = new DatabaseSync(path, { timeout: 0 });
    connection.exec(SETTINGS);
    layOut(connection, path);
    return new SqliteFile(connection);
  } catch (thrown) {
    connection?.close();
    throw asStoreError(thrown, path);
  }
}

/**
 * Never opens a file that is there: POSIX takes all locks of a process on a file from it as soon as it closes any descriptor of
 * that file (https://www.sqlite.org/howtocorrupt.html, 2.2), so that a second opening here would unlock the first.
 */
function makePrivate(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST')) throw thrown;
    chmodSync(path, 0o600);
  }
}

/** BEGIN EXCLUSIVE takes the lock that EXCLUSIVE mode then keeps, even when there is nothing to create. */
function layOut(connection: DatabaseSync, path: string): void {
  connection.exec('BEGIN EXCLUSIVE');
  const version = Number(connection.prepare('PRAGMA user_version').get()?.user_version);
  if (version > LAYOUT_VERSION) {
    throw new CryptoStoreError(
      'store_unusable',
      `crypto store ${path} was written by a newer version (layout ${version})`,
    );
  }
  if (version === 0) connection.exec(LAYOUT);
  connection.exec('COMMIT');
}

function asStoreError(thrown: unknown, path: string): CryptoStoreError {
  if (thrown instanceof CryptoStoreError) return thrown;
  if (sqliteCode(thrown) === SQLITE_BUSY) {
    return new CryptoStoreError('store_in_use', `crypto store ${path} is in use by another process`, { cause: thrown });
  }
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  return new CryptoStoreError('store_unusable', `crypto store ${path} cannot be opened: ${reason}`, { cause: thrown });
}
