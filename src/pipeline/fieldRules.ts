// Owns finding fields without a model, by the rules that a profile's schema names.
import type { FieldRule, FieldSchema, Profile } from '../domain/profile.ts';
import { currencyOf } from './fieldCurrency.ts';
import { datesIn, type FoundDate, isoOf, timesIn } from './fieldDates.ts';
import { actionsIn, emailsIn, firstLineOf, ibansIn, invoiceNumbersIn, splitList, textsBeside } from './fieldLines.ts';
import { amountsBeside, receiptLines, taxesIn, totalsIn, wordPattern } from './fieldMoney.ts';
import { allowsType, itemsOf, propertiesOf, ruleOf, wordsOf } from './fieldSchema.ts';
import { optionsIn, sentimentOf, tickersIn } from './fieldTrading.ts';

/** Parts of one entry of a list by their rules; a property of the entry takes the part that its `x-rule` names. */
export type FoundEntry = Partial<Record<FieldRule, unknown>>;

type ValueRule = (text: string, words: readonly string[]) => readonly (string | number)[];

/** What a rule finds, in the order of the text; a property that is no list takes the first. */
const VALUES: Partial<Record<FieldRule, ValueRule>> = {
  amount: amountsBeside,
  total: totalsIn,
  tax: taxesIn,
  currency: (text) => [currencyOf(text)].filter((code) => code !== null),
  date: daysBeside,
  expiry: daysBeside,
  time: (text) => timesIn(text).map(({ time }) => time),
  text: textsBeside,
  first_line: firstLineOf,
  invoice_number: invoiceNumbersIn,
  iban: ibansIn,
  email: emailsIn,
  ticker: tickersIn,
  sentiment: sentimentOf,
};
const RECORDS: Partial<Record<FieldRule, (text: string) => readonly FoundEntry[]>> = {
  lines: receiptLines,
  options: optionsIn,
  actions: actionsIn,
};

const MAX_ENTRIES = 100;

/** Rules are for receipts and screenshots; of a long document its beginning and its end are looked through. */
export const RULES_HEAD_CHARS = 30_000;
export const RULES_TAIL_CHARS = 10_000;

/** The fields that rules find in a text; what keeps not to the schema is left out. Null: nothing at all was found. */
export function fieldsByRules(
  profile: Pick<Profile, 'schema' | 'check'>,
  text: string,
): Record<string, unknown> | null {
  if (profile.schema === null) return null;
  const read =
    text.length <= RULES_HEAD_CHARS + RULES_TAIL_CHARS
      ? text
      : `${text.slice(0, RULES_HEAD_CHARS)}\n${text.slice(-RULES_TAIL_CHARS)}`;
  const found = propertiesOf(profile.schema).flatMap(([name, schema]) => {
    const value = valueByRule(schema, read.replaceAll(/\r\n?/g, '\n'));
    return value === undefined ? [] : [[name, value] as const];
  });
  const kept = found.filter(([name, value]) => !isWrong(profile, name, value));
  return kept.length > 0 ? Object.fromEntries(kept) : null;
}

/** By the sentences of the check, which begin with the place; that other fields are missing is no fault of this one. */
function isWrong(profile: Pick<Profile, 'check'>, name: string, value: unknown): boolean {
  return profile.check({ [name]: value }).some((problem) => !problem.startsWith('/ '));
}

function valueByRule(schema: FieldSchema, text: string): unknown {
  const rule = ruleOf(schema);
  const isList = allowsType(schema, 'array');
  if (rule === null) return allowsType(schema, 'object') ? objectByRules(schema, text) : undefined;
  const records = RECORDS[rule];
  if (records && isList) return entriesByRoles(records(text), itemsOf(schema));
  const values = VALUES[rule]?.(text, wordsOf(schema)) ?? [];
  if (!isList) return asType(values[0], schema);
  const entries = rule === 'text' && values.length === 1 ? splitList(String(values[0])) : [...new Set(values)];
  return entries.length > 0 ? entries.slice(0, MAX_ENTRIES).map((value) => asType(value, itemsOf(schema))) : undefined;
}

function objectByRules(schema: FieldSchema, text: string): Record<string, unknown> | undefined {
  const found = propertiesOf(schema).flatMap(([name, inner]) => {
    const value = valueByRule(inner, text);
    return value === undefined ? [] : [[name, value] as const];
  });
  return found.length > 0 ? Object.fromEntries(found) : undefined;
}

function entriesByRoles(records: readonly FoundEntry[], schema: FieldSchema): Record<string, unknown>[] | undefined {
  const roles = propertiesOf(schema).map(([name, inner]) => ({ name, inner, role: ruleOf(inner) }));
  const entries = records.slice(0, MAX_ENTRIES).map((record) =>
    Object.fromEntries(
      roles.flatMap(({ name, inner, role }) => {
        const value = role === null ? undefined : asType(record[role], inner);
        return value === undefined ? [] : [[name, value]];
      }),
    ),
  );
  const filled = entries.filter((entry) => Object.keys(entry).length > 0);
  return filled.length > 0 ? filled : undefined;
}

/** A number as words where the schema wants words. */
function asType(value: unknown, schema: FieldSchema): unknown {
  const wantsWords = allowsType(schema, 'string') && !allowsType(schema, 'number') && !allowsType(schema, 'integer');
  return typeof value === 'number' && wantsWords ? String(value) : value;
}

/** Days as ISO; with words, those in a line with one of them or the next. What may be two days is none, but for money's sake. */
function daysBeside(text: string, words: readonly string[]): string[] {
  const isKnown = /[$€£]|zł|Kč|\b(?:USD|EUR|GBP|CHF|PLN|CZK)\b/.test(text);
  const isOne = ({ readings }: FoundDate) => isKnown || new Set(readings.map(isoOf)).size === 1;
  const first = ({ readings: [reading] }: FoundDate) => (reading ? [isoOf(reading)] : []);
  const dates = datesIn(text).filter(isOne);
  // A full date tells more than one without its year.
  if (words.length === 0) return [...dates].sort((one, other) => lacksYear(one) - lacksYear(other)).flatMap(first);
  const wanted = new RegExp(wordPattern(words).source, 'giu');
  const places = Array.from(text.matchAll(wanted), ({ index }) => index);
  return dates.filter((date) => places.some((place) => isBeside(text, place, date.index))).flatMap(first);
}

function lacksYear({ readings }: FoundDate): number {
  return readings[0]?.year === null ? 1 : 0;
}

const BESIDE_CHARS = 60;

function isBeside(text: string, place: number, index: number): boolean {
  if (index < place || index - place > BESIDE_CHARS) return false;
  return text.slice(place, index).split('\n').length <= 2;
}
