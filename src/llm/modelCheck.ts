// Owns what `doctor` says after a look at a model server.
import { AppError } from '../domain/errors.ts';
import type { ModelCheck } from '../domain/model.ts';
import { firstWriter } from './modelChoice.ts';

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

/** A look that failed. */
export function failedCheck(thrown: unknown): ModelCheck {
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  const limited = thrown instanceof AppError && thrown.code === 'model_rate_limited';
  const advice = limited ? 'It is there; wait for its rate limit to end.' : 'Is it running, and is its address right?';
  return { ok: false, detail, advice };
}
