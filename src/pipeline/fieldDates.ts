// Owns the dates and times of day that stand in a text, in the usual spellings.
import { monthOf } from './monthNames.ts';

export type Day = { year: number | null; month: number; day: number };
/** `readings`: what it may mean, the likeliest first; several for such as 03/04/2025. */
export type FoundDate = { index: number; end: number; readings: Day[] };

const YEAR_FIRST = /(?<![\d.,/-])((?:19|20)\d{2})([-/.])(\d{1,2})\2(\d{1,2})(?![\d/-])/g;
const COMPACT = /(?<!\d)(20\d{2})(0[1-9]|1[0-2])([0-3]\d)(?!\d)/g;
const CHINESE = /(?:(\d{4})\s?年\s?)?(\d{1,2})\s?月\s?(\d{1,2})\s?日/g;
const FIGURES = /(?<![\d.,/-])(\d{1,2})(\. ?|\/|-)(\d{1,2})\2(\d{4}|\d{2})(?![\d/-])/g;
const NO_YEAR = /(?<![\d.,/-])(?:(\d{1,2})\. ?(\d{1,2})\.(?! ?\d)|(\d{1,2})\/(\d{1,2})(?![\d/]))/g;
const YEAR = "(?:,? |[-/.]|,| of | de | del )?(?:((?:19|20)\\d{2})|'(\\d{2}))(?!\\d)|[-/ ](\\d{2})(?![\\d:.,])";
const DAY_MONTH = new RegExp(
  `(?<![\\d.,/:])(\\d{1,2})(?:st|nd|rd|th|er|º|\\.)?(?: (?:of|de) | |[-/])?(\\p{L}{3,12})\\.?(?:${YEAR})?`,
  'giu',
);
const MONTH_DAY = new RegExp(
  `(?<!\\p{L})(\\p{L}{3,12})\\.?[ -]?(\\d{1,2})(?:st|nd|rd|th)?(?![\\d:%]|[.,]\\d)(?:${YEAR})?`,
  'giu',
);

/** All dates of a text in their order; those without a year have `year: null`. */
export function datesIn(text: string): FoundDate[] {
  const found: FoundDate[] = [];
  const add = (match: RegExpMatchArray, readings: Day[]) => {
    const index = match.index ?? 0;
    const valid = readings.filter(isDay);
    if (valid.length > 0) found.push({ index, end: index + match[0].length, readings: valid });
  };
  for (const match of text.matchAll(YEAR_FIRST)) add(match, [day(match[1], match[3], match[4])]);
  for (const match of text.matchAll(COMPACT)) add(match, [day(match[1], match[2], match[3])]);
  for (const match of text.matchAll(CHINESE)) add(match, [day(match[1], match[2], match[3])]);
  for (const match of text.matchAll(FIGURES))
    add(match, eitherWay(match[4], match[1], match[3], match[2] === '/', text));
  for (const match of text.matchAll(NO_YEAR)) {
    const isSlash = match[3] !== undefined;
    add(match, eitherWay(undefined, match[1] ?? match[3], match[2] ?? match[4], isSlash, text));
  }
  for (const match of text.matchAll(DAY_MONTH)) add(match, named(match[2], match[1], match[3] ?? match[4] ?? match[5]));
  for (const match of text.matchAll(MONTH_DAY)) add(match, named(match[1], match[2], match[3] ?? match[4] ?? match[5]));
  return withoutOverlaps(found);
}

/** `2025-03-12`, or `03-12` where the year is not known. */
export function isoOf({ year, month, day: dayOfMonth }: Day): string {
  const monthDay = `${String(month).padStart(2, '0')}-${String(dayOfMonth).padStart(2, '0')}`;
  return year === null ? monthDay : `${year}-${monthDay}`;
}

function day(year: string | undefined, month: string | undefined, dayOfMonth: string | undefined): Day {
  return { year: year === undefined ? null : fullYear(year), month: Number(month), day: Number(dayOfMonth) };
}

/** Two figures are of this century, unless that is far ahead. */
function fullYear(year: string): number {
  const number = Number(year);
  return year.length > 2 ? number : number > 80 ? 1900 + number : 2000 + number;
}

/** With dots and dashes the day is first; with slashes that depends on the country, and its money tells. */
function eitherWay(
  year: string | undefined,
  one: string | undefined,
  other: string | undefined,
  isSlash: boolean,
  text: string,
): Day[] {
  const dayFirst = day(year, other, one);
  const monthFirst = day(year, one, other);
  if (!isSlash) return isDay(dayFirst) ? [dayFirst] : [monthFirst];
  return /\$|USD/.test(text) ? [monthFirst, dayFirst] : [dayFirst, monthFirst];
}

function named(name: string | undefined, dayOfMonth: string | undefined, year: string | undefined): Day[] {
  const month = monthOf(name ?? '');
  if (!month) return [];
  const isCapital = /^\p{Lu}/u.test(name ?? '');
  if (year === undefined && month.isShort && !(month.isEnglish && isCapital)) return [];
  return [day(year, String(month.number), dayOfMonth)];
}

function isDay({ year, month, day: dayOfMonth }: Day): boolean {
  if (month < 1 || month > 12 || dayOfMonth < 1) return false;
  // Without a year the 29th of February is one.
  return dayOfMonth <= new Date(Date.UTC(year ?? 2024, month, 0)).getUTCDate();
}

/** In order; of two that overlap the longer one, so that `March 12, 2025` is not also the 20th. */
function withoutOverlaps(found: FoundDate[]): FoundDate[] {
  const longestFirst = found.sort((one, other) => one.index - other.index || other.end - one.end);
  const kept: FoundDate[] = [];
  for (const date of longestFirst) {
    const last = kept.at(-1);
    if (!last || date.index >= last.end) kept.push(date);
    else if (date.end - date.index > last.end - last.index) kept[kept.length - 1] = date;
  }
  return kept;
}

const CLOCK = /(?<![\d:.,])(\d{1,2})(?:([:.h])(\d{2}))?(?::\d{2})?\s?([ap]\.?m\b|uhr\b|h\b)?(?![\d:%])/gi;

/** All times of day as `HH:MM`, in their order: `19:30`, `7:30 pm`, `19 Uhr`, `20h30`. */
export function timesIn(text: string): { index: number; time: string }[] {
  const found: { index: number; time: string }[] = [];
  for (const { 0: whole, 1: hours, 2: mark, 3: minutes = '00', 4: half, index } of text.matchAll(CLOCK)) {
    const isTime = mark === ':' || mark?.toLowerCase() === 'h' || (half !== undefined && whole !== '');
    const isHalf = half !== undefined && /^[ap]/i.test(half);
    const hour = isHalf ? (Number(hours) % 12) + (/^p/i.test(half) ? 12 : 0) : Number(hours);
    if (!isTime || hour > 23 || Number(minutes) > 59) continue;
    found.push({ index, time: `${String(hour).padStart(2, '0')}:${minutes}` });
  }
  return found;
}
