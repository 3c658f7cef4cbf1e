// The tables of a store file.

/** Kept as SQLite's user_version; 0 is a file without tables. */
export const LAYOUT_VERSION = 1;

/**
 * `records` and `entries` are ordered by encoded keys (keyEncoding.ts), values are text (valueEncoding.ts). An entry's `position` is
 * the key that its index takes from the value, `key` the record's own. `commits` is one row that only grows.
 */
export const LAYOUT = `
  CREATE TABLE databases (
    name TEXT PRIMARY KEY,
    version INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE stores (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    database TEXT NOT NULL REFERENCES databases (name),
    name TEXT NOT NULL,
    UNIQUE (database, name)
  ) STRICT;

  CREATE TABLE indices (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    store INTEGER NOT NULL REFERENCES stores (id),
    name TEXT NOT NULL,
    key_path TEXT NOT NULL,
    is_unique INTEGER NOT NULL,
    UNIQUE (store, name)
  ) STRICT;

  CREATE TABLE records (
    store INTEGER NOT NULL,
    key BLOB NOT NULL,
    value TEXT NOT NULL,
    UNIQUE (store, key)
  ) STRICT;

  CREATE TABLE entries (
    index_id INTEGER NOT NULL,
    position BLOB NOT NULL,
    key BLOB NOT NULL,
    PRIMARY KEY (index_id, position, key)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE commits (n INTEGER NOT NULL) STRICT;
  INSERT INTO commits VALUES (0);

  PRAGMA user_version = ${LAYOUT_VERSION};
`;
