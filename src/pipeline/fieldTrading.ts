// Owns the rules that find tickers, options and the mood of a post about them without a model.
import { datesIn, isoOf } from './fieldDates.ts';
import type { FoundEntry } from './fieldRules.ts';

const RIGHT = '(calls?|puts?|C|P)';
const STRIKE = '\\$?(\\d{1,5}(?:\\.\\d{1,2})?)';
/** `AAPL 190C`, `AAPL $190 calls`, `AAPL 12/20 190C`, `AAPL Dec 20 2024 190 Call`. */
const OPTION = new RegExp(
  `(?<![\\p{L}\\p{N}])\\$?([A-Z]{1,5})\\s+((?:[^\\n]{0,24}?\\s)?)${STRIKE} ?${RIGHT}(?![\\p{L}\\p{N}])`,
  'gu',
);
/** The symbol of the clearing house: AAPL240119C00190000 (https://www.theocc.com). */
const OCC = /(?<![A-Z])([A-Z]{1,5}) {0,5}(\d{2})(\d{2})(\d{2})([CP])(\d{5})(\d{3})(?!\d)/g;
const PREMIUM = /(?:@|\bat\b|\bfor\b|premium|Prämie|avg\.?|mark)\s*:?\s*\$?(\d{0,5}(?:\.\d{1,4})?)(?![\d/])/i;
const CONTRACTS = /(?<![\d.$/])([+-]?\d{1,5})\s?(?:x\b|contracts?\b|lots?\b|ctr\b)/i;
/** What stands in capitals before a strike and is no symbol. */
const NO_TICKER = new Set([
  'BUY',
  'SELL',
  'BTO',
  'STO',
  'BTC',
  'STC',
  'CALL',
  'PUT',
  'CALLS',
  'PUTS',
  'LONG',
  'SHORT',
  'AT',
  'THE',
  'A',
  'I',
  'OPEN',
  'CLOSE',
  'USD',
  'EUR',
  'STRIKE',
  'TO',
]);
const NEAR_CHARS = 40;

/** Options with their strike and side; expiry, premium and number where they stand in the same line. */
export function optionsIn(text: string): FoundEntry[] {
  return text.split('\n').flatMap((line) => {
    const found = [...line.matchAll(OPTION)].filter(([, ticker = '']) => !NO_TICKER.has(ticker));
    const written = found.map((match, index) => {
      const end = found[index + 1]?.index ?? line.length;
      const before = index === 0 ? line.slice(Math.max(0, match.index - NEAR_CHARS), match.index) : '';
      return writtenOption(match, line.slice(match.index + match[0].length, end), before);
    });
    return [...written, ...[...line.matchAll(OCC)].map(clearingSymbol)];
  });
}

function writtenOption(match: RegExpMatchArray, after: string, before: string): FoundEntry {
  const [, ticker, between = '', strike, right = ''] = match;
  const expiry = dateIn(between) ?? dateIn(after.slice(0, NEAR_CHARS));
  const premium = PREMIUM.exec(after)?.[1];
  const contracts = CONTRACTS.exec(before)?.[1] ?? CONTRACTS.exec(after)?.[1];
  return {
    ticker,
    strike: Number(strike),
    call_put: right.charAt(0).toUpperCase(),
    ...(expiry ? { expiry } : {}),
    ...(premium && Number(premium) > 0 ? { premium: Number(premium) } : {}),
    ...(contracts ? { contracts: Number(contracts) } : {}),
  };
}

/** Options are written the American way, the month first, whatever the money around them. */
function dateIn(text: string): string | undefined {
  const readings = datesIn(text.replaceAll('$', ' '))[0]?.readings;
  const monthFirst = readings?.at(-1);
  return monthFirst && isoOf(monthFirst);
}

function clearingSymbol([, ticker, year, month, day, right, dollars, mills]: RegExpMatchArray): FoundEntry {
  return { ticker, expiry: `20${year}-${month}-${day}`, call_put: right, strike: Number(`${dollars}.${mills}`) };
}

const CASHTAG = /(?<![\p{L}\p{N}$])\$([A-Z]{1,5}(?:\.[A-Z])?)(?![\p{L}\p{N}])/gu;
const LISTED = /\b(?:NASDAQ|NYSE|AMEX|XETRA|ETR|LSE|FRA|TSX|ASX|CBOE)\s?:\s?([A-Z]{1,5})\b/g;

/** Symbols that are marked as such: `$AAPL`, `NASDAQ: AAPL`, those of options. Words in capitals alone are none. */
export function tickersIn(text: string): string[] {
  const marked = [CASHTAG, LISTED].flatMap((pattern) =>
    Array.from(text.matchAll(pattern), ([, ticker = '']) => ticker),
  );
  return [...new Set([...marked, ...optionsIn(text).map(({ ticker }) => String(ticker))])];
}

const BULLISH =
  /\b(?:bullish|bulls?|long|calls?|buy(?:ing)?|bought|breakout|moon|rally|upside|steigend|kaufen|alcista|haussier)\b|🚀|📈|🐂/giu;
const BEARISH =
  /\b(?:bearish|bears?|short(?:ing)?|puts?|sell(?:ing)?|sold|breakdown|crash|dump|downside|fallend|verkaufen|bajista|baissier)\b|📉|🐻/giu;

/** The side that more of the words are on; as many on both: neutral; no such word: nothing. */
export function sentimentOf(text: string): string[] {
  const count = (pattern: RegExp) => Array.from(text.matchAll(pattern)).length;
  const balance = count(BULLISH) - count(BEARISH);
  if (balance === 0) return text.search(BULLISH) >= 0 || /\bneutral\b/i.test(text) ? ['neutral'] : [];
  return [balance > 0 ? 'bullish' : 'bearish'];
}
