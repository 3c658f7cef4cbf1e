// Owns the joining of words that were hyphenated at the end of a line.

/** A hyphen at the end of a line, the word's second part, what sticks to it, and the space behind. */
const BREAK = /[-\u00ad] ?\n(\p{L}+)(\S*)( |(?=\n)|$)/gu;
const LAST_WORD = /\p{L}+$/u;

/** Longer than any word's first part. */
const LOOK_BACK_CHARS = 40;

/** A page has a few thousand characters; one made to take time is not searched for each of its hyphens. */
const MAX_SEARCHED_CHARS = 40_000;

/**
 * `Ver-⏎waltung` becomes `Verwaltung`; a compound keeps its hyphen where the text writes it with one elsewhere
 * (`well-known`) or its second part is capitalised (`E-Mail`). The rest of the second line stays on the next line.
 */
export function dehyphenate(text: string): string {
  return text.replaceAll(BREAK, joined).replaceAll('\u00ad', '');
}

function joined(
  broken: string,
  second: string,
  punctuation: string,
  space: string,
  offset: number,
  text: string,
): string {
  const first = LAST_WORD.exec(text.slice(Math.max(0, offset - LOOK_BACK_CHARS), offset))?.[0];
  if (first === undefined) return broken;
  const isSoft = broken.startsWith('\u00ad');
  const isCapital = second[0] !== second[0]?.toLowerCase();
  const isCompound = text.length < MAX_SEARCHED_CHARS && text.includes(`${first}-${second}`);
  const keepsHyphen = !isSoft && (isCapital || isCompound);
  return `${keepsHyphen ? '-' : ''}${second}${punctuation}${space === ' ' ? '\n' : ''}`;
}
