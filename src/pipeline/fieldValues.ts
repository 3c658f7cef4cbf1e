// Owns making one set of fields of what a model gave: nothing that is empty, and the parts of a long document as one.
import type { FieldSchema } from '../domain/profile.ts';
import { isRecord, itemsOf, propertyOf, ruleOf } from './fieldSchema.ts';

export type Values = Readonly<Record<string, unknown>>;

/** Without what is empty, unless the schema asks for it: null says the same as nothing. */
export function withoutEmpty(values: Values, schema: FieldSchema): Values {
  const required = Array.isArray(schema.required) ? schema.required : [];
  const entries = Object.entries(values).flatMap(([name, value]) => {
    const clean = cleanValue(value, propertyOf(schema, name));
    return isEmpty(clean) && !required.includes(name) ? [] : [[name, required.includes(name) ? value : clean] as const];
  });
  return Object.fromEntries(entries);
}

function cleanValue(value: unknown, schema: FieldSchema): unknown {
  if (isRecord(value)) return withoutEmpty(value, schema);
  if (typeof value === 'string') return value.toWellFormed().trim();
  if (!Array.isArray(value)) return value;
  return value.map((entry) => cleanValue(entry, itemsOf(schema))).filter((entry) => !isEmpty(entry));
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (isRecord(value)) return Object.keys(value).length === 0;
  return value === null || value === undefined || value === '';
}

/** Sums stand at the end of a document: a page before may hold one that is carried forward. */
const LAST_COUNTS = new Set(['total', 'tax']);

/** The fields of an earlier part with those of a later one: lists joined, of two values the first, of two totals the last. */
export function mergeValues(earlier: Values, later: Values, schema: FieldSchema): Values {
  const names = [...new Set([...Object.keys(earlier), ...Object.keys(later)])];
  return Object.fromEntries(
    names.map((name) => [name, mergeValue(own(earlier, name), own(later, name), propertyOf(schema, name))]),
  );
}

function mergeValue(earlier: unknown, later: unknown, schema: FieldSchema): unknown {
  if (isEmpty(earlier) || isEmpty(later)) return isEmpty(earlier) ? (later ?? earlier) : earlier;
  if (Array.isArray(earlier) && Array.isArray(later)) return [...earlier, ...newIn(later, earlier)];
  if (isRecord(earlier) && isRecord(later)) return mergeValues(earlier, later, schema);
  const rule = ruleOf(schema);
  return rule !== null && LAST_COUNTS.has(rule) ? later : earlier;
}

/** Names are told once. Lines of a list may well be alike: two coffees. */
function newIn(later: readonly unknown[], earlier: readonly unknown[]): unknown[] {
  return later.filter((entry) => isRecord(entry) || !earlier.includes(entry));
}

function own(values: Values, name: string): unknown {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}
