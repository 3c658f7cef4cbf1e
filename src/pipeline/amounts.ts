// Owns the recognition of amounts of money, shares and dates in a line of any document.

const CURRENCY =
  '(?:[€$£¥]|\\b(?:EUR|USD|CHF|GBP|PLN|SEK|NOK|DKK|CZK|JPY|zł|kr|Kč)(?!\\p{L})|[円元]|Euro\\b|euros?\\b)';
// Bounded: an endless row of digits must not be tried from each of its places to its end.
const NUMBER = "\\d{1,15}(?:[.,'\\u2019 ]\\d{3}){0,6}(?:[.,]\\d{1,9})?";
const AMOUNT = new RegExp(`${CURRENCY}\\s?(${NUMBER})|(${NUMBER})\\s?${CURRENCY}`, 'gu');

const SHARE = /\d\s?%(?![\w%])/;

const DATE =
  /\b(?:\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})|(?:19|20)\d{2}-\d{2}-\d{2}|\d{1,2}\.? \p{L}{3,10}\.? (?:19|20)\d{2}|\p{L}{3,9} \d{1,2}, (?:19|20)\d{2})\b|\d{4}年/u;

/** The amounts of money in a text, as numbers, in their order. */
export function amountsIn(text: string): number[] {
  if (!/\d/.test(text)) return [];
  return Array.from(text.matchAll(AMOUNT), ([, after, before]) => numberOf(after ?? before ?? ''));
}

/** Whether the text holds a percentage. */
export function hasShare(text: string): boolean {
  return SHARE.test(text);
}

/** Whether the text holds a full date. */
export function hasDate(text: string): boolean {
  return DATE.test(text);
}

/** `1,234.50`, `1.234,50` and `1’234` alike: the last separator is decimal unless three digits follow it. */
function numberOf(number: string): number {
  const decimals = /[.,](\d{1,2}|\d{4,})$/.exec(number)?.[1] ?? '';
  const whole = number.slice(0, decimals === '' ? undefined : -decimals.length - 1).replaceAll(/\D/g, '');
  return Number(`${whole}.${decimals === '' ? '0' : decimals}`);
}
