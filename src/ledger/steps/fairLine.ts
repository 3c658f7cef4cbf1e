// Owns step 5 of the schema: whose turn it is, what failed and is tried again, how many jobs are in each state.

export const FAIR_LINE = `
  ALTER TABLE jobs ADD COLUMN sender TEXT NOT NULL DEFAULT '';
  -- 0 asked, 1 fresh, 2 backlog.
  ALTER TABLE jobs ADD COLUMN priority INTEGER NOT NULL DEFAULT 1;
  -- Since when it waits for its turn; a back-off does not count.
  ALTER TABLE jobs ADD COLUMN since_ms INTEGER NOT NULL DEFAULT 0;
  -- How often the process died while the file was being read.
  ALTER TABLE jobs ADD COLUMN deaths INTEGER NOT NULL DEFAULT 0;
  -- Tries of the backlog run.
  ALTER TABLE jobs ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;
  -- Answered without the model, and to be thought over once.
  ALTER TABLE jobs ADD COLUMN is_provisional INTEGER NOT NULL DEFAULT 0;
  -- How a job that is tried again quietly had ended before, and ends again when nothing better comes of it; null: it is not tried quietly.
  ALTER TABLE jobs ADD COLUMN before_state TEXT;
  ALTER TABLE jobs ADD COLUMN before_error_code TEXT;
  -- When it ended last; stays while it is tried again quietly.
  ALTER TABLE jobs ADD COLUMN ended_at_ms INTEGER;

  UPDATE jobs SET
    sender = coalesce(json_extract(upload, '$.sender'), ''),
    priority = CASE WHEN json_extract(upload, '$.isAsked') IS 1 THEN 0 ELSE 1 END,
    since_ms = received_at_ms,
    ended_at_ms = CASE WHEN state IN ('done', 'refused', 'failed', 'cancelled') THEN updated_at_ms END;

  -- Without the state, so that a change of state does not write it.
  DROP INDEX jobs_by_room;
  CREATE INDEX jobs_by_room ON jobs (room_id);
  CREATE INDEX jobs_in_line ON jobs (priority, room_id, sender, seq) WHERE state = 'received';
  CREATE INDEX jobs_by_wait ON jobs (priority, since_ms) WHERE state = 'received';
  CREATE INDEX jobs_provisional ON jobs (ended_at_ms) WHERE is_provisional = 1;

  -- Kept, since counting 100,000 rows takes 4 to 8 ms of the main thread.
  CREATE TABLE job_counts (state TEXT PRIMARY KEY, n INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  INSERT INTO job_counts SELECT state, count(*) FROM jobs GROUP BY state;
  CREATE TRIGGER jobs_counted_in AFTER INSERT ON jobs BEGIN
    INSERT INTO job_counts VALUES (new.state, 1) ON CONFLICT (state) DO UPDATE SET n = n + 1;
  END;
  CREATE TRIGGER jobs_counted_out AFTER DELETE ON jobs BEGIN
    UPDATE job_counts SET n = n - 1 WHERE state = old.state;
  END;
  CREATE TRIGGER jobs_counted_on AFTER UPDATE OF state ON jobs WHEN new.state <> old.state BEGIN
    UPDATE job_counts SET n = n - 1 WHERE state = old.state;
    INSERT INTO job_counts VALUES (new.state, 1) ON CONFLICT (state) DO UPDATE SET n = n + 1;
  END;

  -- When each member's next upload has its turn.
  CREATE TABLE members (
    user_id TEXT PRIMARY KEY,
    turn_at_ms INTEGER NOT NULL,
    updated_at_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX members_by_turn ON members (turn_at_ms);
`;
