// Owns the joining of words that were hyphenated at the end of a line.

const BROKEN = /(\p{L}+)(?:-|\u00ad) ?\n(\p{L}+)(\S*)( |(?=\n)|$)/gu;
const COMPOUND = /\p{L}+-\p{Ll}+/gu;

/**
 * `Ver-⏎waltung` becomes `Verwaltung`; a compound keeps its hyphen where the text writes it with one elsewhere
 * (`well-known`) or its second part is capitalised (`E-Mail`). The rest of the second line stays on the next line.
 */
export function dehyphenate(text: string): string {
  if (!/(?:-|\u00ad) ?\n/.test(text)) return text.replaceAll('\u00ad', '');
  const compounds = new Set(Array.from(text.matchAll(COMPOUND), ([compound]) => compound.toLowerCase()));
  return text
    .replaceAll(BROKEN, (broken, first: string, second: string, punctuation: string, space: string) => {
      const isSoft = broken.includes('\u00ad');
      const isCompound = !isSoft && compounds.has(`${first}-${second}`.toLowerCase());
      const isCapital = !isSoft && second[0] !== second[0]?.toLowerCase();
      return `${first}${isCompound || isCapital ? '-' : ''}${second}${punctuation}${space === ' ' ? '\n' : ''}`;
    })
    .replaceAll('\u00ad', '');
}
