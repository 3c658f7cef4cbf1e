// Owns what a reading profile is: which fields a room wants of its uploads, and how they are asked for.
import type { MediaKind } from './media.ts';

/**
 * How a field is found in the text without a model: `x-rule` of a property. `lines`, `options` and `actions` are for lists of
 * objects, whose properties take a part of what is found each (`line_name`, `strike`, `action_owner`). `amount` and `text` are
 * looked for beside one of the property's `x-words`; so is `date` where there are any.
 */
export const FIELD_RULES = [
  'amount',
  'total',
  'tax',
  'currency',
  'date',
  'time',
  'text',
  'first_line',
  'invoice_number',
  'iban',
  'email',
  'lines',
  'line_name',
  'line_quantity',
  'line_price',
  'ticker',
  'options',
  'strike',
  'call_put',
  'expiry',
  'premium',
  'contracts',
  'sentiment',
  'actions',
  'action_task',
  'action_owner',
  'action_due',
] as const;
export type FieldRule = (typeof FIELD_RULES)[number];

/**
 * A JSON Schema (draft 2020-12) of one object; its properties are the fields, their titles the labels that members read.
 * Beside the standard's keywords it may hold `x-rule` and `x-words` (see FIELD_RULES) and `x-derived: true`: a judgement or a
 * description, which does not stand in the text word by word.
 */
export type FieldSchema = Readonly<Record<string, unknown>>;

export type Profile = {
  /** File name without its ending: what `!lector profile NAME` takes. */
  name: string;
  title: string;
  kinds: readonly MediaKind[];
  /** Null: this profile asks for no fields. */
  schema: FieldSchema | null;
  /** What the model is told besides; the operator's words, never a stranger's. */
  prompt: string;
  /** How pictures are made ready for the model. */
  picture: 'plain' | 'enhanced';
  /** What is wrong with the fields, a line each; none: they keep the schema. */
  check(fields: unknown): string[];
};

export interface Profiles {
  /** Null: there is none of this name, or it is broken. */
  get(name: string): Profile | null;
  /** Those that work, by name. */
  all(): Profile[];
}

/** Where a value of the fields was looked for and not found: a JSON pointer (RFC 6901) such as `/lines/0/price`. */
export type FieldPointer = string;

export type Fields = {
  profile: string;
  values: Readonly<Record<string, unknown>>;
  /** Values that do not stand in the text that was read. */
  unverified: readonly FieldPointer[];
  /** Who found them: a model, or the rules of the profile. */
  by: 'model' | 'rules';
};
