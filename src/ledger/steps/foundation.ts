// Owns the first four steps of the schema: rooms, jobs, replies, pages.

export const FOUNDATION = [
  `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

  CREATE TABLE rooms (
    room_id TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    reason TEXT,
    updated_at_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- seq is the place in line: the order in which the uploads arrived.
  CREATE TABLE jobs (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id TEXT NOT NULL UNIQUE,
    room_id TEXT NOT NULL,
    upload TEXT NOT NULL,
    state TEXT NOT NULL,
    attempt INTEGER NOT NULL DEFAULT 1,
    posted_at_ms INTEGER NOT NULL,
    received_at_ms INTEGER NOT NULL,
    updated_at_ms INTEGER NOT NULL,
    due_at_ms INTEGER,
    outage_since_ms INTEGER,
    end_state TEXT,
    error_code TEXT
  ) STRICT;
  CREATE INDEX jobs_by_state ON jobs (state, seq);
  CREATE INDEX jobs_by_due ON jobs (due_at_ms) WHERE state = 'waiting';
  CREATE INDEX jobs_by_room ON jobs (room_id, state);

  CREATE TABLE replies (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    source_event_id TEXT NOT NULL,
    part TEXT NOT NULL,
    room_id TEXT NOT NULL,
    body TEXT NOT NULL,
    optional INTEGER NOT NULL,
    sent_event_id TEXT,
    UNIQUE (source_event_id, part)
  ) STRICT;
  CREATE INDEX replies_unsent ON replies (seq) WHERE sent_event_id IS NULL;
  `,
  `
  ALTER TABLE rooms ADD COLUMN mode TEXT;
  ALTER TABLE rooms ADD COLUMN profile TEXT;

  -- Pages that OCR or a model has read; they go when their job ends.
  CREATE TABLE pages (
    event_id TEXT NOT NULL,
    page INTEGER NOT NULL,
    text TEXT NOT NULL,
    source TEXT NOT NULL,
    confidence REAL,
    PRIMARY KEY (event_id, page)
  ) STRICT, WITHOUT ROWID;
  CREATE TRIGGER pages_go AFTER UPDATE OF state ON jobs
  WHEN new.state IN ('replying', 'done', 'refused', 'failed', 'cancelled')
  BEGIN
    DELETE FROM pages WHERE event_id = new.event_id;
  END;
  `,
  `
  -- 1: cancelled for a reason that ends when a member asks for the upload.
  ALTER TABLE jobs ADD COLUMN askable INTEGER NOT NULL DEFAULT 0;
  `,
  `
  -- The upload in whose answer that of this row stands; kept when the row's own content is forgotten.
  ALTER TABLE replies ADD COLUMN shared_with TEXT;
  CREATE INDEX replies_shared ON replies (shared_with) WHERE shared_with IS NOT NULL;
  `,
];
