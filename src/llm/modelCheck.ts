// Owns what `doctor` says after a look at a model server.
import { type AppError, toAppError } from '../domain/errors.ts';
import type { ModelCheck } from '../domain/model.ts';
import { ResponseTooLarge } from './boundedFetch.ts';
import { firstWriter } from './modelChoice.ts';
import { type ServerAnswer, serverAnswerOf } from './modelErrors.ts';

const MAX_NAMED = 5;

/**
 * What the server's list says of the configured model (undefined: none is configured).
 * `advice`: what to do when the server has no such model.
 */
export function judgeModels(
  host: string,
  listed: string[],
  configured: string | undefined,
  advice: string,
): ModelCheck {
  if (configured === undefined) {
    const first = firstWriter(listed);
    if (first === null) return { ok: false, detail: `${host} answers, but has no model`, advice };
    return { ok: true, detail: `${host} answers; LLM_MODEL is not set, so its first model is used: ${first}` };
  }
  if (listed.includes(configured)) return { ok: true, detail: `${host} answers and has ${configured}` };
  const names = listed.slice(0, MAX_NAMED).join(', ') + (listed.length > MAX_NAMED ? ', …' : '');
  const has = listed.length === 0 ? 'it has none' : `it has ${names}`;
  return { ok: false, detail: `${host} answers, but has no model "${configured}" (${has})`, advice };
}

/** What to do about a server that refuses the login, and about one that does not answer as such a server does. */
export type CheckAdvice = { login: string; address: string };

/** A look that failed, with the advice for its reason. Without `advice` the server gave no answer at all. */
export function failedCheck(thrown: unknown, advice?: CheckAdvice): ModelCheck {
  const error = toAppError(thrown);
  const answer = serverAnswerOf(error);
  return { ok: false, detail: answer?.said ?? error.message, advice: adviceFor(error, answer, advice) };
}

function adviceFor(error: AppError, answer: ServerAnswer | null, advice: CheckAdvice | undefined): string {
  if (error.code === 'model_rate_limited') return 'It is there; wait for its rate limit to end.';
  const isUnreadable = error.cause instanceof SyntaxError || error.cause instanceof ResponseTooLarge;
  if (advice && isUnreadable) return advice.address;
  if (!advice || !answer) return 'Is it running, and is its address right?';
  const { status } = answer;
  if (status === 401 || status === 403) return advice.login;
  if (status < 300 || status === 404 || status === 405) return advice.address;
  if (status === 402) return 'It is there; its account needs credit.';
  return status >= 500
    ? 'It is there, but not well, or still loading its model: its own log tells more.'
    : 'It is there, and its own words say what it wants.';
}
