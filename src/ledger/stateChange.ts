// Owns how a change of state is written in SQL: where a job may come from, and where it may go, is taken from the state machine alone.
import { END_STATES, JOB_STATES, type JobState } from '../domain/job.ts';
import { TRANSITIONS, type Transition, type TransitionName } from '../domain/transitions.ts';

/** The ends, for `state IN (…)`. */
export const ENDED = inSql(END_STATES);
/** All others: listed, since SQLite finds them by its index then. */
export const OPEN = inSql(JOB_STATES.filter((state) => !(END_STATES as readonly JobState[]).includes(state)));

export type ChangeParts = {
  /** Further columns that the change sets, in SQL. */
  set?: string;
  /** Which jobs, in SQL; those in a state that the transition does not leave from stay as they are. */
  where: string;
  /** The column that says where it goes, for transitions with several ends; a job whose column says anything else stays as it is. */
  toColumn?: string;
  returning?: string;
};

/**
 * The one update that moves jobs along a transition. It takes the parameter `:now` (milliseconds since 1970) beside those of its parts.
 * Throws when a transition with several ends is given no column to choose by.
 */
export function stateChange(name: TransitionName, { set, where, toColumn, returning }: ChangeParts): string {
  const { from, to }: Transition = TRANSITIONS[name];
  if (to.length > 1 && !toColumn) throw new Error(`${name} has several ends: say which column names the one`);
  const target = toColumn ?? inSql(to);
  const isTarget = toColumn ? ` AND ${toColumn} IN (${inSql(to)})` : '';
  const columns = [`state = ${target}`, 'updated_at_ms = :now', ...(set ? [set] : [])].join(', ');
  const tail = returning ? ` RETURNING ${returning}` : '';
  return `UPDATE jobs SET ${columns} WHERE (${where}) AND state IN (${inSql(from)})${isTarget}${tail}`;
}

function inSql(states: readonly JobState[]): string {
  return states.map((state) => `'${state}'`).join(', ');
}
