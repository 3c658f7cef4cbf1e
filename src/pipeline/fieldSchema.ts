// Owns looking into the schema of a profile: labels, rules, and the form in which a model's server gets it.
import type { AnswerSchema } from '../domain/model.ts';
import type { FieldRule, FieldSchema, Profile } from '../domain/profile.ts';

/** Keywords whose values hold a schema a name, and those that hold one or several. */
const NAMED_SCHEMAS = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas']);
const LITERALS = new Set(['enum', 'const', 'default', 'examples', 'required', 'type']);

const NONE: FieldSchema = Object.freeze({});

/** Whether a value is an object with names, as JSON has it. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The properties of an object's schema, in their order. */
export function propertiesOf(schema: FieldSchema): [name: string, schema: FieldSchema][] {
  const properties = isRecord(schema.properties) ? Object.entries(schema.properties) : [];
  return properties.map(([name, inner]) => [name, isRecord(inner) ? inner : NONE]);
}

/** The schema of one property; an empty one where the schema does not name it. */
export function propertyOf(schema: FieldSchema, name: string): FieldSchema {
  return propertiesOf(schema).find(([own]) => own === name)?.[1] ?? NONE;
}

/** The schema of a list's entries; an empty one where it is not told. */
export function itemsOf(schema: FieldSchema): FieldSchema {
  return isRecord(schema.items) ? schema.items : NONE;
}

/** What members read for a property: its title, else its name as words. */
export function labelOf(schema: FieldSchema, name: string): string {
  if (typeof schema.title === 'string' && schema.title.trim() !== '') return schema.title;
  const words = name.replaceAll(/[_-]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The rule that finds a property without a model; profiles are checked for known ones when they are read. */
export function ruleOf(schema: FieldSchema): FieldRule | null {
  return typeof schema['x-rule'] === 'string' ? (schema['x-rule'] as FieldRule) : null;
}

/** Words beside which the value stands. */
export function wordsOf(schema: FieldSchema): string[] {
  const words = schema['x-words'];
  return Array.isArray(words) ? words.filter((word) => typeof word === 'string') : [];
}

/** A judgement or a description: it does not stand in the text word by word. */
export function isDerived(schema: FieldSchema): boolean {
  return schema['x-derived'] === true;
}

/** Whether `type` is among the types that a schema allows. */
export function allowsType(schema: FieldSchema, type: string): boolean {
  return schema.type === type || (Array.isArray(schema.type) && schema.type.includes(type));
}

/**
 * The schema as a model's server gets it, without the words that are Lector's own; null: the profile asks for no fields. Every
 * property that may be null or empty is required: small models leave out what they need not write, and OpenAI's strict mode
 * wants it so (https://platform.openai.com/docs/guides/structured-outputs).
 */
export function schemaForModel(profile: Pick<Profile, 'name' | 'schema'>): AnswerSchema | null {
  return profile.schema && { name: profile.name, schema: forModel(profile.schema) };
}

function forModel(schema: FieldSchema): FieldSchema {
  const own = Object.entries(schema).filter(([keyword]) => !keyword.startsWith('x-') && keyword !== '$schema');
  const clean = Object.fromEntries(own.map(([keyword, value]) => [keyword, valueForModel(keyword, value)]));
  if (!isRecord(schema.properties)) return clean;
  const asked = propertiesOf(schema).filter(([, inner]) => allowsType(inner, 'null') || allowsType(inner, 'array'));
  const required = Array.isArray(schema.required) ? schema.required : [];
  return { ...clean, required: [...new Set([...required, ...asked.map(([name]) => name)])] };
}

function valueForModel(keyword: string, value: unknown): unknown {
  if (LITERALS.has(keyword)) return value;
  if (NAMED_SCHEMAS.has(keyword) && isRecord(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [name, isRecord(inner) ? forModel(inner) : inner]),
    );
  }
  if (Array.isArray(value)) return value.map((inner) => (isRecord(inner) ? forModel(inner) : inner));
  return isRecord(value) ? forModel(value) : value;
}
