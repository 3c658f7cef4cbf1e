// Owns finding words in a text that may be written, broken or recognised a little differently.

export type WordFinder = {
  /** Whether the words of `value` stand together in the text. */
  has(value: string): boolean;
};

const WORD = /[\p{L}\p{N}]+/gu;
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;

/** Shorter ones would be found inside of others. */
const MIN_SQUASHED_CHARS = 5;
/** Shorter words differ in a letter and are others: `cat`, `car`. */
const MIN_NEARLY_CHARS = 6;
/** Of more words than this a few may be missing: a model mends what OCR has spoilt. */
const FEW_WORDS = 4;
const SHARE_OF_MANY = 0.8;
const MAX_PLACES = 500;

/** A finder that takes case, accents, spaces, line breaks, `rn` for `m`, `0` for `o` and one wrong letter of a long word as equal. */
export function createWordFinder(text: string): WordFinder {
  const words = wordsOf(text);
  const squashed = words.join('');
  const places = new Map<string, number[]>();
  words.forEach((word, index) => {
    for (const part of withParts(word)) {
      const known = places.get(part);
      if (known) known.push(index);
      else places.set(part, [index]);
    }
  });

  const placesOf = (word: string): number[] => {
    const exact = places.get(word);
    if (exact || word.length < MIN_NEARLY_CHARS) return exact ?? [];
    return [...places].filter(([other]) => isNearly(word, other)).flatMap(([, indices]) => indices);
  };

  return {
    has(value) {
      const wanted = wordsOf(value);
      const together = wanted.join('');
      if (wanted.length === 0) return text.includes(value.trim());
      if ((together.length >= MIN_SQUASHED_CHARS || UNSPACED.test(together)) && squashed.includes(together))
        return true;
      return standTogether([...new Set(wanted)].map(placesOf));
    },
  };
}

/** Whether enough of the words have a place within a stretch of about twice their number. */
function standTogether(placesOfWords: readonly number[][]): boolean {
  const count = placesOfWords.length;
  const needed = count <= FEW_WORDS ? count : Math.ceil(count * SHARE_OF_MANY);
  const found = placesOfWords.filter((places) => places.length > 0).sort((one, other) => one.length - other.length);
  if (found.length < needed) return false;
  const reach = 2 * count + 8;
  // One of the rarest words must be among those that stand together.
  const anchors = found.slice(0, count - needed + 1).flatMap((places) => places.slice(0, MAX_PLACES));
  return anchors.some(
    (anchor) => found.filter((places) => hasWithin(places, anchor - reach, anchor + reach)).length >= needed,
  );
}

/** `places` are in order, but for those of words that are nearly alike. */
function hasWithin(places: readonly number[], from: number, to: number): boolean {
  return places.some((place) => place >= from && place <= to);
}

/** `190c` is found by `190`, too. */
function withParts(word: string): string[] {
  const parts = /\p{L}/u.test(word) && /\p{N}/u.test(word) ? (word.match(/\p{L}+|\p{N}+/gu) ?? []) : [];
  return [...new Set([word, ...parts])];
}

function wordsOf(text: string): string[] {
  const plain = text
    .normalize('NFKD')
    .replaceAll(/[\p{M}\u00ad\u200b]/gu, '')
    .toLowerCase();
  return Array.from(plain.matchAll(WORD), ([word]) => foldConfusable(word));
}

/** What OCR takes for one another becomes one; letters of other alphabets that NFKD leaves whole become Latin ones. */
function foldConfusable(word: string): string {
  const latin = /[ßøæœłđ]/.test(word) ? word.replaceAll(/[ßøæœłđ]/g, (letter) => LATIN[letter] ?? letter) : word;
  if (latin.length < 4 || /^\d+$/.test(latin)) return latin;
  return latin
    .replaceAll('rn', 'm')
    .replaceAll('vv', 'w')
    .replaceAll('0', 'o')
    .replaceAll(/[1i]/g, 'l')
    .replaceAll('5', 's');
}

const LATIN: Readonly<Record<string, string>> = { ß: 'ss', ø: 'o', æ: 'ae', œ: 'oe', ł: 'l', đ: 'd' };

/** Whether one letter changed, added or left out makes one word of the other. Numbers are never nearly the same. */
function isNearly(one: string, other: string): boolean {
  if (Math.abs(one.length - other.length) > 1 || /\d/.test(one)) return false;
  let start = 0;
  while (start < one.length && one[start] === other[start]) start++;
  let end = 0;
  const shorter = Math.min(one.length, other.length);
  while (end < shorter - start && one[one.length - 1 - end] === other[other.length - 1 - end]) end++;
  return Math.max(one.length, other.length) - start - end <= 1;
}
