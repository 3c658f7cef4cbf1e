// Owns the counting of what a text is made of, in one pass: regular expressions take ten times as long on a manual.

export type CharacterCounts = {
  letters: number;
  spaces: number;
  digits: number;
  /** Punctuation and currency signs that stand in ordinary sentences. */
  punctuation: number;
  /** Characters of scripts without spaces: Chinese, Japanese. */
  unspaced: number;
  /** Runs of two letters or more. */
  words: number;
};

const PUNCTUATION = new Set(Array.from(".,;:%€$£'’‘“”„«»-–—!?…¿¡", (character) => character.charCodeAt(0)));

/** The counts of a text; what is in none of them are brackets, quotes and symbols. */
export function countCharacters(text: string): CharacterCounts {
  const counts = { letters: 0, spaces: 0, digits: 0, punctuation: 0, unspaced: 0, words: 0 };
  let run = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (isLetter(code)) {
      counts.letters += 1;
      if (isUnspaced(code)) counts.unspaced += 1;
      run += 1;
      if (run === 2) counts.words += 1;
      continue;
    }
    run = 0;
    if (code === 32) counts.spaces += 1;
    else if (code >= 48 && code <= 57) counts.digits += 1;
    else if (PUNCTUATION.has(code)) counts.punctuation += 1;
  }
  return counts;
}

function isLetter(code: number): boolean {
  if (code < 0x80) return (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
  // From À on, without × and ÷, the blocks of punctuation and symbols, and full-width punctuation.
  if (code < 0xc0 || code === 0xd7 || code === 0xf7) return false;
  return (code < 0x2000 || code > 0x303f) && (code < 0xff00 || code > 0xff20);
}

function isUnspaced(code: number): boolean {
  return (code >= 0x3040 && code <= 0x30ff) || (code >= 0x3400 && code <= 0x9fff) || (code >= 0xf900 && code <= 0xfaff);
}
