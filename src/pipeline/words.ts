// Owns the words that texts are compared by: lower case, without the little ones; pairs of characters where words have no spaces.

import { isLittleWord } from './commonLanguage.ts';

const WORD = /\p{L}[\p{L}\p{M}\p{N}'’-]*/gu;
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]+/gu;
const HAS_UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;

/** Shorter words carry grammar rather than meaning, in all languages that put spaces. */
const MIN_CHARS = 4;

/** The distinct words of a text. */
export function contentWords(text: string): Set<string> {
  const words = new Set<string>();
  const spaced = HAS_UNSPACED.test(text) ? text.replaceAll(UNSPACED, ' ') : text;
  for (const [word] of spaced.toLowerCase().matchAll(WORD))
    if (word.length >= MIN_CHARS && !isLittleWord(word)) words.add(word);
  if (spaced !== text) for (const pair of characterPairs(text)) words.add(pair);
  return words;
}

function* characterPairs(text: string): Generator<string> {
  for (const [piece] of text.matchAll(UNSPACED)) {
    const characters = Array.from(piece);
    for (let index = 0; index + 1 < characters.length; index++) {
      yield `${characters[index]}${characters[index + 1]}`;
    }
  }
}
