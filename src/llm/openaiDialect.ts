// Owns the two ways of the OpenAI protocol to ask for a completion: as all servers take it, and as newer OpenAI models do.
import { TEMPERATURE } from './sampling.ts';

export type OpenAiDialect = { limit: 'max_tokens' | 'max_completion_tokens'; temperature: boolean };

/** Every compatible server knows `max_tokens`; many do not know its successor. */
export const COMMON_DIALECT: OpenAiDialect = { limit: 'max_tokens', temperature: true };

/** The request's parameters that differ between the dialects. */
export function dialectParameters(dialect: OpenAiDialect, maxOutputTokens: number): Record<string, number> {
  return { [dialect.limit]: maxOutputTokens, ...(dialect.temperature ? { temperature: TEMPERATURE } : {}) };
}

/**
 * The dialect to ask again in after a server refused a parameter with 400 (`unsupported_parameter`,
 * `unsupported_value`); null when its refusal is about something else.
 */
export function nextDialect(
  dialect: OpenAiDialect,
  refusal: { status: number; message: string } | null,
): OpenAiDialect | null {
  if (refusal?.status !== 400) return null;
  const { message } = refusal;
  if (!/unsupported|not supported|does not support/i.test(message)) return null;
  if (dialect.limit === 'max_tokens' && message.includes('max_tokens')) {
    return { ...dialect, limit: 'max_completion_tokens' };
  }
  if (dialect.temperature && message.includes('temperature')) return { ...dialect, temperature: false };
  return null;
}
