// Owns the characters of a page's text: typographic forms become the letters that they stand for, control codes go.

/** Ligatures, Hebrew and Arabic presentation forms, and the many spaces; nothing else, so that `²` and `½` stay. */
const FORMS = /[\u00a0\u2000-\u200a\u202f\ufb00-\ufb06\ufb13-\ufb17\ufb1d-\ufdff\ufe70-\ufefc]+/g;

// biome-ignore lint/suspicious/noControlCharactersInRegex: fonts without a character map yield them
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** The text as people would type it; line breaks and tabs stay. */
export function plainText(text: string): string {
  return text.replaceAll(FORMS, (forms) => forms.normalize('NFKC')).replaceAll(CONTROLS, '');
}
