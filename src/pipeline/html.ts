// Owns the escaping of text from documents and models, so that it stays text in every client.

/** Text as HTML: nothing in it is markup, and `@room` and user ids do not ping (the content's m.mentions decides, too). */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Paragraphs and line breaks of a plain text as HTML. */
export function paragraphs(text: string): string {
  return text
    .split(/\n{2,}/)
    .map((part) => `<p>${escapeHtml(part.trim()).replaceAll('\n', '<br>')}</p>`)
    .join('');
}

/** One line without control or direction characters, at most `maxChars` long. */
export function oneLine(text: string, maxChars: number): string {
  const clean = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  const letters = [...clean];
  return letters.length <= maxChars ? clean : `${letters.slice(0, maxChars - 1).join('')}…`;
}

/** The first `maxUnits` UTF-16 units of a text, one less where that would cut a character in two. */
export function beginningOf(text: string, maxUnits: number): string {
  const isCut = /[\ud800-\udbff]/.test(text.charAt(maxUnits - 1));
  return text.slice(0, isCut ? maxUnits - 1 : maxUnits);
}

const MAX_TITLE_CHARS = 160;

/** A title or file name as answers show it. */
export function shortTitle(text: string): string {
  return oneLine(text, MAX_TITLE_CHARS);
}

/** `1 page`, `2 pages`. */
export function count(n: number, noun: string): string {
  return n === 1 ? `1 ${noun}` : `${n} ${noun}s`;
}
