// Owns the numbers that stand in a text, in every way that they may be meant.

const TOKEN = /\d(?:[\d.,'’]{0,40}\d)?/g;
const BARE_DECIMALS = /(?<![\d.,])[.,](\d{1,9})(?![\d.,])/g;
const SCALE =
  /^ ?(?:(k|tsd|thousand|mille)|(m|mm|mn|mio|million|millionen|millions)|(b|bn|mrd|billion|milliarden|milliards))\b/i;
const LOOKS_LIKE_DIGITS = /[\dOoIl|SB][\dOoIl|SB.,]{0,40}/g;
const DIGIT_OF: Readonly<Record<string, string>> = { O: '0', o: '0', I: '1', l: '1', '|': '1', S: '5', B: '8' };

/**
 * All values that the figures of a text may stand for, without signs: `1.234` is 1234 and 1.234, `1 234,50` is 1, 234.5 and
 * 1234.5, `1.2M` is 1.2 and 1200000, `19 %` is 19 and 0.19. What OCR likes to mistake for a digit is read as one, too.
 */
export function numbersIn(text: string): Set<number> {
  const plain = text.normalize('NFKC');
  const found = new Set<number>();
  collect(plain, found);
  const mended = mendDigits(plain);
  if (mended !== plain) collect(mended, found);
  return found;
}

/** `value` as `numbersIn` holds it: without sign, and without the noise of binary fractions. */
export function comparable(value: number): number {
  return Number(Math.abs(value).toPrecision(12));
}

/** The text with `6.4O` as `6.40`: letters that look like digits, where at least half of the signs around are digits. */
export function mendDigits(text: string): string {
  return text.replace(LOOKS_LIKE_DIGITS, (token) => {
    const digits = token.replaceAll(/\D/g, '').length;
    const letters = token.replaceAll(/[\d.,]/g, '').length;
    return digits === 0 || letters === 0 || digits < letters
      ? token
      : token.replaceAll(/\D/g, (sign) => DIGIT_OF[sign] ?? sign);
  });
}

function collect(text: string, found: Set<number>): void {
  const tokens = Array.from(text.matchAll(TOKEN), (match) => ({ text: match[0], start: match.index }));
  tokens.forEach((token, index) => {
    for (const value of readingsOf(token.text)) addWithUnit(value, text, token.start + token.text.length, found);
    joinSpaced(tokens, index, text, found);
  });
  for (const [, decimals] of text.matchAll(BARE_DECIMALS)) found.add(Number(`0.${decimals}`));
}

function addWithUnit(value: number, text: string, end: number, found: Set<number>): void {
  found.add(comparable(value));
  const after = text.slice(end, end + 14);
  if (/^ ?%/.test(after)) found.add(comparable(value / 100));
  const scale = SCALE.exec(after);
  if (scale) found.add(comparable(value * (scale[1] ? 1e3 : scale[2] ? 1e6 : 1e9)));
}

/** More groups of three are no number that anybody counts with. */
const MAX_GROUPS = 6;

/** `12 500 300,50`: groups of three with one space between each. */
function joinSpaced(
  tokens: readonly { text: string; start: number }[],
  first: number,
  text: string,
  found: Set<number>,
): void {
  const head = tokens[first];
  if (!head || !/^\d{1,3}$/.test(head.text)) return;
  let digits = head.text;
  let end = head.start + head.text.length;
  for (const token of tokens.slice(first + 1, first + 1 + MAX_GROUPS)) {
    const parts = /^(\d{3})(?:[.,](\d{1,9}))?$/.exec(token.text);
    if (!parts || token.start !== end + 1 || text[end] !== ' ') return;
    digits += parts[1];
    end = token.start + token.text.length;
    addWithUnit(Number(`${digits}.${parts[2] ?? '0'}`), text, end, found);
    if (parts[2] !== undefined) return;
  }
}

/** What one token without spaces may mean; where it is neither grouped nor decimal (`12.03.2025`), each piece. */
export function readingsOf(token: string): number[] {
  const groups = token.replaceAll(/['’]/g, '').split(/[.,]/);
  const last = groups.at(-1) ?? '';
  if (groups.length === 1) return [Number(last)];
  const whole = groups.slice(0, -1);
  const readings: number[] = [];
  if (isGrouped(whole) && last.length === 3) readings.push(Number(groups.join('')));
  if (whole.length === 1 || (isGrouped(whole) && whole.at(-1)?.length === 3)) {
    readings.push(Number(`${whole.join('')}.${last}`));
  }
  return readings.length > 0 ? readings : groups.filter((group) => group !== '').map(Number);
}

/** Groups of three behind the first, or of two as in India (`1,23,456`). */
function isGrouped(groups: readonly string[]): boolean {
  const [first = '', ...others] = groups;
  return first.length >= 1 && first.length <= 3 && others.every((group) => group.length === 3 || group.length === 2);
}
