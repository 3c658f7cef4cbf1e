// Owns the characters of a page's text: typographic forms become the letters that they stand for, control codes go.

/** Ligatures, Hebrew and Arabic presentation forms, and the many spaces; nothing else, so that `²` and `½` stay. */
const FORMS = /[\u00a0\u2000-\u200a\u202f\ufb00-\ufb06\ufb13-\ufb17\ufb1d-\ufdff\ufe70-\ufefc]+/g;

/** TeX paints an accent and then its letter. */
const ACCENTED = /([´¨ˆ˜ˇ˘˙˚])(\p{L})/gu;
const COMBINING: Record<string, string> = {
  '´': '\u0301',
  '¨': '\u0308',
  ˆ: '\u0302',
  '˜': '\u0303',
  ˇ: '\u030c',
  '˘': '\u0306',
  '˙': '\u0307',
  '˚': '\u030a',
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: fonts without a character map yield them
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** The codes 16 to 31 of TeX's T1 encoding, which such fonts mostly have. */
const T1 = ['“', '”', '„', '«', '»', '–', '—', '', '₀', 'ı', 'ȷ', 'ff', 'fi', 'fl', 'ffi', 'ffl'];

/** With a larger share of control codes the font has an order of its own, which nobody can guess. */
const MAX_CONTROL_SHARE = 0.05;

/** The text as people would type it; line breaks and tabs stay. */
export function plainText(text: string): string {
  return withoutControls(text)
    .replaceAll(FORMS, (forms) => forms.normalize('NFKC'))
    .replaceAll(ACCENTED, composed);
}

function composed(pair: string, accent: string, letter: string): string {
  const one = `${letter === 'ı' ? 'i' : letter}${COMBINING[accent]}`.normalize('NFC');
  return one.length === 1 ? one : pair;
}

function withoutControls(text: string): string {
  const count = text.match(CONTROLS)?.length ?? 0;
  if (count === 0) return text;
  const isT1 = count < text.length * MAX_CONTROL_SHARE;
  return text.replaceAll(CONTROLS, (control) => (isT1 ? T1[control.charCodeAt(0) - 16] : undefined) ?? ' ');
}
