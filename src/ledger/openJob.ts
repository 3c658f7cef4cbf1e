// Owns the condition under which something of an upload may be kept: after a redaction nothing comes back, however late a thread is done.

/** SQL: the job of `:eventId` is there and has not come to its answer or end. */
export const IS_OPEN = `EXISTS (
  SELECT 1 FROM jobs WHERE event_id = :eventId AND state NOT IN ('replying', 'done', 'refused', 'failed', 'cancelled')
)`;
