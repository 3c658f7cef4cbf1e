// Owns what a reading profile is: which fields a room wants of its uploads, and how they are asked for.
import type { MediaKind } from './media.ts';

/** A JSON Schema (draft 2020-12) of one object; its properties are the fields. */
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
