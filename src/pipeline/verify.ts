// Owns looking up each value of the fields in the text that was read: what is not there is in doubt.
import { setImmediate } from 'node:timers/promises';
import type { FieldPointer, FieldSchema } from '../domain/profile.ts';
import { namesCurrency } from './fieldCurrency.ts';
import { datesIn, isoOf, timesIn } from './fieldDates.ts';
import { comparable, mendDigits, numbersIn, readingsOf } from './fieldNumbers.ts';
import { escapePointer } from './fieldRows.ts';
import { isDerived, isRecord, itemsOf, propertyOf, ruleOf } from './fieldSchema.ts';
import { createWordFinder } from './fieldWords.ts';

/** One value of the fields, with its place and what the schema says of it. */
type Leaf = { pointer: FieldPointer; value: string | number; schema: FieldSchema };

/** So much is looked through at a time: about 10 ms on the main thread, which has rooms to serve. */
const STRETCH_CHARS = 8_000;
/** What a value may need around it, so that none is lost at the border of two stretches. */
const OVERLAP_CHARS = 600;

/**
 * JSON pointers of the values that do not stand in `text`. Numbers are compared by value (signs aside: a loss is written in many
 * ways), dates and times over their usual spellings, words without regard to case, accents and breaks. What the schema calls
 * derived, yes and no, and what is empty are not looked for. Long texts are looked through piece by piece.
 */
export async function findUnverified(values: unknown, schema: FieldSchema, text: string): Promise<FieldPointer[]> {
  let missing = [...leavesOf(values, schema, '')];
  for (let start = 0; missing.length > 0 && start < text.length; start += STRETCH_CHARS - OVERLAP_CHARS) {
    if (start > 0) await setImmediate();
    const evidence = createEvidence(text.slice(start, start + STRETCH_CHARS));
    missing = missing.filter((leaf) => !isFound(leaf.value, leaf.schema, evidence));
  }
  return missing.map(({ pointer }) => pointer);
}

function* leavesOf(value: unknown, schema: FieldSchema, pointer: FieldPointer): Generator<Leaf> {
  if (isDerived(schema)) return;
  if (Array.isArray(value)) {
    for (const [index, entry] of value.entries()) yield* leavesOf(entry, itemsOf(schema), `${pointer}/${index}`);
  } else if (isRecord(value)) {
    for (const [name, entry] of Object.entries(value)) {
      yield* leavesOf(entry, propertyOf(schema, name), `${pointer}/${escapePointer(name)}`);
    }
  } else if (typeof value === 'number' || (typeof value === 'string' && value.trim() !== '')) {
    yield { pointer, value, schema };
  }
}

type Evidence = ReturnType<typeof createEvidence>;

function createEvidence(text: string) {
  const lazily = <T>(make: () => T) => {
    let made: { value: T } | undefined;
    return () => {
      made ??= { value: make() };
      return made.value;
    };
  };
  return {
    text,
    numbers: lazily(() => numbersIn(text)),
    dates: lazily(() => allDates(text)),
    times: lazily(() => new Set(timesIn(text).map(({ time }) => time))),
    words: lazily(() => createWordFinder(text)),
  };
}

/** ISO days; each also without its year, marked by whether the text gives it one. */
function allDates(text: string): { withYear: Set<string>; bare: Set<string>; any: Set<string> } {
  const mended = mendDigits(text);
  const days = [...datesIn(text), ...(mended === text ? [] : datesIn(mended))].flatMap(({ readings }) => readings);
  const withoutYear = (day: (typeof days)[number]) => isoOf({ ...day, year: null });
  return {
    withYear: new Set(days.filter(({ year }) => year !== null).map(isoOf)),
    bare: new Set(days.filter(({ year }) => year === null).map(isoOf)),
    any: new Set(days.map(withoutYear)),
  };
}

function isFound(value: string | number, schema: FieldSchema, evidence: Evidence): boolean {
  if (typeof value === 'number') return evidence.numbers().has(comparable(value));
  return isFoundByKind(value.trim(), schema, evidence) ?? evidence.words().has(value);
}

/** Null: it is words. Pieces of a date or an amount that stand near each other would be no proof of it. */
function isFoundByKind(value: string, schema: FieldSchema, evidence: Evidence): boolean | null {
  const rule = ruleOf(schema);
  if (rule === 'currency') return namesCurrency(evidence.text, value);
  if (rule === 'call_put') return saysCallOrPut(value, evidence.text);
  const date = /^(?:(\d{4})-)?(\d{2}-\d{2})(?:[T ](\d{2}:\d{2}).*)?$/.exec(value);
  if (date) {
    const [, year, monthDay = '', time] = date;
    const { withYear, bare, any } = evidence.dates();
    const isDay = year === undefined ? any.has(monthDay) : withYear.has(`${year}-${monthDay}`) || bare.has(monthDay);
    return isDay && (time === undefined || evidence.times().has(time));
  }
  if (/^\d{2}:\d{2}$/.test(value)) return evidence.times().has(value);
  const amount = /^[\p{Sc}\s+-]*(\d[\d.,'’]*\d|\d)[\p{Sc}%\s]*$/u.exec(value.normalize('NFKC'));
  if (amount?.[1] === undefined) return null;
  return readingsOf(amount[1]).some((number) => evidence.numbers().has(comparable(number)));
}

/** `190C`, `190 calls`, `a call`; likewise for puts. */
function saysCallOrPut(value: string, text: string): boolean {
  const isCall = /^c/i.test(value);
  return (isCall ? /\d ?C\b|\bcalls?\b|\d[Cc]\d/i : /\d ?P\b|\bputs?\b|\d[Pp]\d/i).test(text);
}
