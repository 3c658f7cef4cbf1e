// Owns the fields as rows of a label and a value, the way a member reads them.
import type { FieldRow } from '../domain/answer.ts';
import type { FieldSchema, Fields, Profile } from '../domain/profile.ts';
import { isRecord, itemsOf, labelOf, propertiesOf, propertyOf, ruleOf } from './fieldSchema.ts';
import { oneLine } from './html.ts';

const MAX_LABEL_CHARS = 60;
const MAX_VALUE_CHARS = 300;
/** Names and symbols stand in one row together, sentences in one each. */
const SHORT_CHARS = 40;
const BETWEEN = ' · ';
const NO_SCHEMA: FieldSchema = {};

/** One row a field, and one for each entry of a list of objects or sentences; `profile` gives the labels and the order. */
export function fieldRows(fields: Fields, profile: Pick<Profile, 'schema'> | null): FieldRow[] {
  const schema = profile?.schema ?? NO_SCHEMA;
  const named = propertiesOf(schema).map(([name]) => name);
  const names = [...named, ...Object.keys(fields.values)].filter((name) => Object.hasOwn(fields.values, name));
  return [...new Set(names)].flatMap((name) =>
    rowsOf(fields.values[name], propertyOf(schema, name), { name, unverified: fields.unverified }),
  );
}

type Place = { name: string; unverified: readonly string[] };

function rowsOf(value: unknown, schema: FieldSchema, { name, unverified }: Place): FieldRow[] {
  const pointer = `/${escapePointer(name)}`;
  const label = labelOf(schema, name);
  const row = (rowLabel: string, text: string, at: string): FieldRow[] => {
    const shown = oneLine(text, MAX_VALUE_CHARS);
    const verified = !unverified.some((place) => place === at || place.startsWith(`${at}/`));
    return shown === '' ? [] : [{ label: oneLine(rowLabel, MAX_LABEL_CHARS), value: shown, verified }];
  };
  if (!Array.isArray(value)) return row(label, display(value, schema), pointer);

  const items = itemsOf(schema);
  const texts = value.map((entry) => display(entry, items));
  if (!value.some(isRecord) && texts.every((text) => text.length <= SHORT_CHARS)) {
    return row(label, texts.filter((text) => text !== '').join(', '), pointer);
  }
  const entryLabel = typeof items.title === 'string' ? items.title : label;
  return texts.flatMap((text, index) =>
    row(texts.length === 1 ? entryLabel : `${entryLabel} ${index + 1}`, text, `${pointer}/${index}`),
  );
}

/** A name as a part of a JSON pointer (RFC 6901). */
export function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

function display(value: unknown, schema: FieldSchema): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return displayNumber(value, schema);
  if (Array.isArray(value))
    return value
      .map((entry) => display(entry, itemsOf(schema)))
      .filter(Boolean)
      .join(', ');
  if (isRecord(value)) return lineOfReceipt(value, schema) ?? displayParts(value, schema);
  return String(value);
}

const MONEY = new Set(['amount', 'total', 'tax', 'line_price', 'premium']);

/** Money has at least its two decimals; a long binary fraction is none that anybody wrote. */
function displayNumber(value: number, schema: FieldSchema): string {
  const rule = ruleOf(schema);
  const isWholeCents = Math.abs(value) < 1e15 && Number(value.toFixed(2)) === value;
  return rule !== null && MONEY.has(rule) && isWholeCents ? value.toFixed(2) : String(value);
}

/** `2 × Coffee — 6.40`; null: not a line of a receipt, or nothing but numbers. */
function lineOfReceipt(value: Readonly<Record<string, unknown>>, schema: FieldSchema): string | null {
  const part = (rule: string) => {
    const named = propertiesOf(schema).find(([, inner]) => ruleOf(inner) === rule);
    return named ? display(value[named[0]], named[1]) : '';
  };
  const name = part('line_name');
  if (name === '') return null;
  const quantity = part('line_quantity');
  const price = part('line_price');
  return `${quantity && `${quantity} × `}${name}${price && ` — ${price}`}`;
}

/** `Send the plan · Owner: Anna · Due: 2025-05-01`: what comes first says what it is. */
function displayParts(value: Readonly<Record<string, unknown>>, schema: FieldSchema): string {
  const named = propertiesOf(schema).map(([name]) => name);
  const names = [...new Set([...named, ...Object.keys(value)])].filter((name) => Object.hasOwn(value, name));
  const parts = names.flatMap((name) => {
    const inner = propertyOf(schema, name);
    const text = display(value[name], inner);
    return text === '' ? [] : [{ label: labelOf(inner, name), text }];
  });
  return parts.map(({ label, text }, index) => (index === 0 ? text : `${label}: ${text}`)).join(BETWEEN);
}
