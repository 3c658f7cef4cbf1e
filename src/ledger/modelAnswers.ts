// Owns the table of a model's answers for jobs in hand: what was paid for is not asked again.
import type { ModelAnswerLedger } from '../domain/ledger.ts';
import type { ModelAnswer } from '../domain/model.ts';
import type { Database } from './database.ts';
import { IS_OPEN } from './openJob.ts';

/** The model answer part of the ledger; a trigger empties it when a job's answer is saved or the job ends. */
export function createModelAnswerLedger({ db, mark }: Database): ModelAnswerLedger {
  const find = db.prepare(
    'SELECT text, finish, input_tokens, output_tokens FROM model_answers WHERE event_id = ? AND key = ?',
  );
  const save = db.prepare(
    `INSERT OR REPLACE INTO model_answers (event_id, key, text, finish, input_tokens, output_tokens)
     SELECT :eventId, :key, :text, :finish, :inputTokens, :outputTokens WHERE ${IS_OPEN}`,
  );
  return {
    find(eventId, key) {
      const row = find.get(eventId, key);
      if (!row) return null;
      const usage = { inputTokens: Number(row.input_tokens), outputTokens: Number(row.output_tokens) };
      return { text: String(row.text), finish: row.finish as ModelAnswer['finish'], usage };
    },
    save: (eventId, key, { text, finish, usage: { inputTokens, outputTokens } }) =>
      mark(() => void save.run({ eventId, key, text, finish, inputTokens, outputTokens })),
  };
}
