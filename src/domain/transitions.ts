// Owns the state machine of a job: every change of state that there is, from where and to where. The ledger builds its updates from it.
import type { JobState } from './job.ts';

export type Transition = { from: readonly JobState[]; to: readonly JobState[] };

/** States in which something is still to be done before there is an answer. */
const OPEN = ['received', 'queued', 'reading', 'thinking', 'waiting'] as const satisfies readonly JobState[];

/**
 * Each is one row update in one transaction. A job is resumable from every state: `received` and `waiting` are claimed again, what
 * a crash caught in `queued`, `reading` or `thinking` is `resume`d, `replying` is sent with the same transaction ids.
 */
export const TRANSITIONS = {
  /** A back-off, or a member's turn, is over. */
  due: { from: ['waiting'], to: ['received'] },
  /** A dispatcher takes it, and fetches its file. */
  claim: { from: ['received'], to: ['queued'] },
  read: { from: ['queued', 'reading', 'thinking'], to: ['reading'] },
  think: { from: ['reading', 'thinking'], to: ['thinking'] },
  /** Backed off until a time. */
  wait: { from: OPEN, to: ['waiting'] },
  /** What is to be said of it is saved. */
  reply: { from: OPEN, to: ['replying'] },
  /** What was saved is sent. */
  finish: { from: ['replying'], to: ['done', 'refused', 'failed'] },
  /** A quiet retry brought nothing better: what was said before stands. */
  leave: { from: OPEN, to: ['done', 'failed'] },
  /** After a crash. */
  resume: { from: ['queued', 'reading', 'thinking'], to: ['received'] },
  /** Its upload was redacted; or it is neither document nor picture; or its room was left. */
  cancel: { from: [...OPEN, 'replying', 'done', 'refused', 'failed', 'cancelled'], to: ['cancelled'] },
  /** The room wants it only when asked. */
  setAside: { from: OPEN, to: ['cancelled'] },
  /** Said anew, since the message that it was answered in was taken back. */
  again: { from: [...OPEN, 'replying', 'done'], to: ['received'] },
  /** A member wants another attempt, or the backlog run makes one. */
  retry: { from: ['failed'], to: ['received'] },
  /** The model is back: what was answered without it is thought over. */
  improve: { from: ['done'], to: ['received'] },
} as const satisfies Record<string, Transition>;

export type TransitionName = keyof typeof TRANSITIONS;

/** Whether a job may go from one state to another by that transition. */
export function isAllowed(name: TransitionName, from: JobState, to: JobState): boolean {
  const transition: Transition = TRANSITIONS[name];
  return transition.from.includes(from) && transition.to.includes(to);
}
