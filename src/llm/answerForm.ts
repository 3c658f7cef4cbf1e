// Owns how strictly a server is held to an answer's schema: as strictly as it can, and it is remembered what it cannot.
import type { AnswerSchema } from '../domain/model.ts';
import { refusesPictures } from './visionRefusal.ts';

/** `strict`: OpenAI's guarantee, which takes a part of JSON Schema only; `json`: any JSON; `plain`: the prompt alone asks for it. */
export type AnswerForm = 'strict' | 'schema' | 'json' | 'plain';

const WEAKER: Record<AnswerForm, AnswerForm | null> = { strict: 'schema', schema: 'json', json: 'plain', plain: null };

/** llama.cpp answers 400 or 500 for a schema that it cannot keep, DeepSeek 400 or 422, gateways 404 or 501. */
const STATUSES = new Set([400, 404, 422, 500, 501]);

const SAYINGS = [
  /response[_ ]?format/i,
  /json[_ ](?:schema|object|mode)/i,
  /structured (?:output|generation)/i,
  /guided[_ ](?:json|decoding)/i,
  /\bgrammar\b/i,
  /ChatRequest\.format/,
  /invalid format/i,
  /required for format/i,
];

export type RefusalWords = { status: number; message: string };

export type AnswerForms = {
  /**
   * What `call` gives in the strictest form that the server takes; null stands for a request without a schema.
   * `wordsOf`: what the server said in what `call` threw; null: it said nothing.
   */
  ask<T>(
    schema: AnswerSchema | undefined,
    wordsOf: (thrown: unknown) => RefusalWords | null,
    call: (form: AnswerForm | null) => Promise<T>,
  ): Promise<T>;
};

/**
 * Remembers by the name of a schema, for one schema may go beyond what a server keeps while others do not.
 * `hasStrict`: the protocol tells a strict form from another.
 */
export function createAnswerForms(hasStrict: boolean): AnswerForms {
  const taken = new Map<string, AnswerForm>();
  return {
    async ask(schema, wordsOf, call) {
      if (!schema) return call(null);
      // Ends: every turn takes a weaker form.
      for (let form = taken.get(schema.name) ?? (hasStrict && isStrict(schema.schema) ? 'strict' : 'schema'); ; ) {
        try {
          const answer = await call(form);
          taken.set(schema.name, form);
          return answer;
        } catch (thrown) {
          const weaker = WEAKER[form];
          if (weaker === null || !refusesForm(wordsOf(thrown))) throw thrown;
          form = weaker;
        }
      }
    },
  };
}

/** Whether a refusal is about the form of the answer; some servers repeat the whole request after other words. */
export function refusesForm(words: RefusalWords | null): boolean {
  if (words === null || !STATUSES.has(words.status) || refusesPictures(words.message)) return false;
  return SAYINGS.some((saying) => saying.test(words.message));
}

/** OpenAI's rules: every object names all its properties as required and allows no others (https://platform.openai.com/docs/guides/structured-outputs). */
export function isStrict(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.every(isStrict);
  if (typeof schema !== 'object' || schema === null) return true;
  const { properties, required, additionalProperties } = schema as Record<string, unknown>;
  if (typeof properties === 'object' && properties !== null) {
    const names = Object.keys(properties);
    if (additionalProperties !== false || !Array.isArray(required)) return false;
    if (!names.every((name) => required.includes(name))) return false;
  }
  return Object.values(schema).every(isStrict);
}
