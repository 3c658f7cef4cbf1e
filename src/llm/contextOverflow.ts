// Owns recognising, in the words of the many servers, that a prompt did not fit into the model's context.
import { ContextOverflow } from '../domain/model.ts';

const CODES = new Set(['exceed_context_size_error', 'context_length_exceeded', 'model_context_window_exceeded']);

/** OpenAI, llama.cpp, vLLM, Ollama, LM Studio, Mistral, Groq, TGI, Gemini: no two say it alike. */
const SAYINGS = [
  /exceeds? .{0,40}context/i,
  /context (length|size|window)\b.{0,60}\b(exceed|only)/i,
  /maximum context length/i,
  /prompt is (too long|longer)/i,
  /\b(messages|prompt|input)\b.{0,40}\btoo (long|many tokens)/i,
  /input token count.{0,40}exceed/i,
  /too large for model/i,
  /reduce the length of the (messages|prompt|input)/i,
  /inputs` tokens \+/i,
];

const LIMITS = [
  /maximum context length is (\d+)/i,
  /context size \((\d+)/i,
  /context length of only (\d+)/i,
  /(\d+) maximum context length/i,
  /limit of (\d+)/i,
  /> (\d+) maximum/i,
];

const PROMPTS = [
  /request \((\d+) tokens\)/i,
  /\((\d+) in the messages/i,
  /resulted in (\d+) tokens/i,
  /has (\d+) input tokens/i,
  /prompt \((\d+) tokens\)/i,
  /too long: (\d+) tokens/i,
  /contains (\d+) tokens/i,
];

export type ErrorWords = { message: string; code?: unknown; type?: unknown; body?: unknown };

/** What the server told of the overflow, with the numbers when it gave any; null when its error is another one. */
export function findContextOverflow(error: ErrorWords): ContextOverflow | null {
  const coded = CODES.has(String(error.code)) || CODES.has(String(error.type));
  if (!coded && !SAYINGS.some((saying) => saying.test(error.message))) return null;
  // llama.cpp gives both numbers as fields of the error.
  const fields = (error.body ?? {}) as Record<string, unknown>;
  return new ContextOverflow(error.message, {
    promptTokens: positive(fields.n_prompt_tokens) ?? firstNumber(PROMPTS, error.message),
    contextTokens: positive(fields.n_ctx) ?? firstNumber(LIMITS, error.message),
  });
}

function firstNumber(patterns: RegExp[], text: string): number | undefined {
  for (const pattern of patterns) {
    const digits = pattern.exec(text)?.[1];
    if (digits !== undefined) return positive(Number(digits));
  }
  return undefined;
}

function positive(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : undefined;
}
