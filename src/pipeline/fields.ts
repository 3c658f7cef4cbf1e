// Owns finding the fields that a profile asks for: by a model where there is one, else by the profile's rules.
import { type AppError, toAppError } from '../domain/errors.ts';
import type { Model, TokenUsage } from '../domain/model.ts';
import type { FieldSchema, Fields, Profile } from '../domain/profile.ts';
import type { Note, Reading } from '../domain/reading.ts';
import { createFieldAsker } from './askForFields.ts';
import { type ContextBudget, createContextBudget } from './contextBudget.ts';
import { fieldsByRules, RULES_HEAD_CHARS, RULES_TAIL_CHARS } from './fieldRules.ts';
import { isRecord, schemaForModel } from './fieldSchema.ts';
import { fieldsOfParts } from './fieldsOfParts.ts';
import { type Values, withoutEmpty } from './fieldValues.ts';
import { findUnverified } from './verify.ts';

export type FieldInput = {
  /** What the model reads: the pages as the summary sees them, or a picture's transcription as its one page. */
  body: Reading['body'];
  /** Where values are looked up: everything on the pages, running headers included; absent: the body. */
  pages?: readonly { page: number; text: string }[] | undefined;
  profile: Profile;
  /** What a model that saw the picture has given already, not checked yet; null: nothing. */
  given: unknown;
};

export type FieldOptions = {
  /** Null: the rules of the profile have to do. */
  model: Model | null;
  maxOutputTokens: number;
  signal: AbortSignal;
  /** What is known of the model's context; absent: what it says of itself. */
  budget?: ContextBudget | undefined;
  /** Whether rules may stand in after this error of the model; absent: after any. Else it is thrown. */
  fallsBack?: ((error: AppError) => boolean) | undefined;
};

export type FoundFields = { fields: Fields | null; notes: Note[]; usage: TokenUsage; calls: number };

type Asked = Pick<FoundFields, 'notes' | 'usage' | 'calls'> & { values: Values | null };

/**
 * The fields of a reading, those that do not stand in its text marked. Null without a note: the profile asks for none, or
 * nothing was found; with `fields_failed`: two answers of the model did not keep the schema, or it failed and rules found nothing.
 * A text that is too long for one call is asked about part by part, and what is left out or cut off is told by `fields_partial`.
 * Throws the signal's reason when it aborts, and errors of the model that `fallsBack` does not take.
 */
export async function findFields(input: FieldInput, options: FieldOptions): Promise<FoundFields> {
  const { profile, body, given } = input;
  const { schema } = profile;
  if (schema === null) return { fields: null, ...nothingAsked() };
  const text = textOf(input);
  const seen = isRecord(given) ? withoutEmpty(given, schema) : null;
  const problems = seen === null ? [] : profile.check(seen);
  const hasText = body.some((page) => page.text.trim() !== '');

  if (seen !== null && problems.length === 0) {
    return finish({ values: seen, ...nothingAsked() }, 'model');
  }
  if (options.model === null || !hasText) {
    const isUseless = seen !== null && !hasText;
    return isUseless
      ? { fields: null, ...nothingAsked(), notes: [failed(NO_FIT)] }
      : finish(byRules(profile, text), 'rules');
  }
  return askModel({ ...profile, schema }, options.model);

  async function askModel(asked: Profile & { schema: FieldSchema }, model: Model): Promise<FoundFields> {
    const { maxOutputTokens, signal, fallsBack = () => true } = options;
    const budget = options.budget ?? createContextBudget({ contextTokens: model.contextTokens, maxOutputTokens });
    const answerSchema = schemaForModel(asked);
    if (answerSchema === null) return { fields: null, ...nothingAsked() };
    const asker = createFieldAsker(model, asked, answerSchema, signal);
    const wrong = seen === null ? null : { answer: JSON.stringify(given), problems };
    const cost = () => ({ usage: asker.usage, calls: asker.calls });
    try {
      const { values, notes } = await fieldsOfParts(body, asked, { asker, budget, wrong });
      return values === null
        ? { fields: null, notes: [failed(NO_FIT)], ...cost() }
        : await finish({ values, notes, ...cost() }, 'model');
    } catch (thrown) {
      signal.throwIfAborted();
      const error = toAppError(thrown);
      if (!isOfModel(error) || !fallsBack(error)) throw thrown;
      const reason = reasonOf(error);
      const ruled = byRules(profile, text);
      const note = ruled.values === null ? failed(reason) : partial(`${reason}; simple rules found these`);
      return finish({ ...ruled, notes: [note, ...ruled.notes], ...cost() }, 'rules');
    }
  }

  async function finish({ values, ...rest }: Asked, by: Fields['by']): Promise<FoundFields> {
    if (values === null || Object.keys(values).length === 0 || schema === null) return { fields: null, ...rest };
    const unverified = await findUnverified(values, schema, text);
    return { fields: { profile: profile.name, values, unverified, by }, ...rest };
  }
}

const NO_FIT = "the model's answers did not fit the profile";

function failed(reason: string): Note {
  return { kind: 'fields_failed', reason };
}

function partial(reason: string): Note {
  return { kind: 'fields_partial', reason };
}

function nothingAsked(): Pick<FoundFields, 'notes' | 'usage' | 'calls'> {
  return { notes: [], usage: { inputTokens: 0, outputTokens: 0 }, calls: 0 };
}

function byRules(profile: Profile, text: string): Asked {
  const values = fieldsByRules(profile, text);
  const isLong = text.length > RULES_HEAD_CHARS + RULES_TAIL_CHARS;
  const notes = values !== null && isLong ? [partial('the middle of the document was not looked through')] : [];
  return { ...nothingAsked(), values, notes };
}

/** Up to the last page that went to the model: values cannot come from others. */
function textOf({ body, pages = body }: FieldInput): string {
  const last = body.at(-1)?.page ?? 0;
  return pages
    .filter(({ page }) => page <= last)
    .map(({ text }) => text)
    .join('\n');
}

function isOfModel({ code }: AppError): boolean {
  return code.startsWith('model_');
}

function reasonOf({ code }: AppError): string {
  if (code === 'model_context_exceeded') return 'the document does not fit the model';
  return code === 'model_unavailable' || code === 'model_rate_limited' ? 'the model is away' : 'the model failed';
}
