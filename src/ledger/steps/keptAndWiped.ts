// Owns step 6 of the schema: answers that are kept for another time, replies said anew, and what is wiped.

export const KEPT_AND_WIPED = `
  ALTER TABLE replies ADD COLUMN saved_at_ms INTEGER NOT NULL DEFAULT 0;
  -- How often what was said for its source had been taken back when it was saved.
  ALTER TABLE replies ADD COLUMN taken_back INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX replies_by_sent ON replies (sent_event_id) WHERE sent_event_id IS NOT NULL;
  CREATE INDEX replies_by_room ON replies (room_id);
  CREATE TABLE taken_back (
    source_event_id TEXT PRIMARY KEY,
    times INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE model_answers (
    event_id TEXT NOT NULL,
    key TEXT NOT NULL,
    text TEXT NOT NULL,
    finish TEXT NOT NULL,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    PRIMARY KEY (event_id, key)
  ) STRICT, WITHOUT ROWID;
  CREATE TRIGGER model_answers_go AFTER UPDATE OF state ON jobs
  WHEN new.state IN ('replying', 'done', 'refused', 'failed', 'cancelled')
  BEGIN
    DELETE FROM model_answers WHERE event_id = new.event_id;
  END;

  -- Answers by what they depend on; format: how the answer is written.
  CREATE TABLE results (
    key TEXT PRIMARY KEY,
    event_id TEXT NOT NULL,
    format INTEGER NOT NULL,
    answer TEXT NOT NULL,
    saved_at_ms INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX results_by_event ON results (event_id);
  CREATE INDEX results_by_age ON results (saved_at_ms);
  ALTER TABLE jobs ADD COLUMN result_key TEXT;
  CREATE INDEX jobs_by_result ON jobs (result_key, room_id) WHERE result_key IS NOT NULL;

  -- 1: nothing is known of it but its ids, so that nothing can be done for it.
  ALTER TABLE jobs ADD COLUMN wiped INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX jobs_to_wipe ON jobs (updated_at_ms)
  WHERE wiped = 0 AND state IN ('done', 'refused', 'failed', 'cancelled');
  CREATE TRIGGER wiped_stay BEFORE UPDATE OF state ON jobs
  WHEN old.wiped = 1 AND new.state <> 'cancelled'
  BEGIN
    SELECT raise(IGNORE);
  END;
`;
