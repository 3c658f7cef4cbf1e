// Owns the doctor's look at the language model: does its server answer, has it the model, and does it hold what is configured.
import type { Config } from '../../config/env.ts';
import type { Log } from '../domain/log.ts';
import { createModel } from '../llm/createModel.ts';
import { readServerContext } from '../llm/serverContext.ts';
import type { Finding } from './doctor.ts';

const TIMEOUT_MS = 15_000;
/** LLM_CONTEXT_TOKENS takes no less. */
const LEAST_CONTEXT_TOKENS = 1024;

/** The model, and its context where a server tells one that is smaller than the configured. */
export async function checkModel({ llm }: Pick<Config, 'llm'>, log: Log): Promise<Finding[]> {
  const name = 'Language model';
  const model = createModel(llm, log);
  if (!model) return [{ state: 'ok', name, detail: 'none is set: summaries are made of sentences of the document' }];
  const check = await model.check(AbortSignal.timeout(TIMEOUT_MS));
  if (!check.ok) return [{ state: 'failed', name, detail: check.detail, advice: check.advice }];
  const contextTokens = await readServerContext(llm, AbortSignal.timeout(TIMEOUT_MS));
  return [{ state: 'ok', name, detail: check.detail }, ...judgeContext(contextTokens, llm.contextTokens)];
}

/** Not a failure: calls that do not fit are refused and cut smaller, which costs time. */
function judgeContext(told: number | null, configured: number): Finding[] {
  if (told === null || told >= configured) return [];
  const larger = 'give the server a larger context';
  const advice = told < LEAST_CONTEXT_TOKENS ? larger : `set LLM_CONTEXT_TOKENS=${told}, or ${larger}`;
  const detail = `the server holds ${told} tokens, fewer than LLM_CONTEXT_TOKENS (${configured})`;
  return [{ state: 'doubtful', name: 'Context', detail, advice }];
}
