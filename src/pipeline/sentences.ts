// Owns the splitting of text into sentences: Unicode's rules, mended where abbreviations and numbering break them.
import { isLittleWord } from './commonLanguage.ts';

const listed = (words: string): ReadonlySet<string> => new Set(words.split(' '));

/** Abbreviations that no sentence ends with, without full stops, lower case. */
const TITLES_AND_SUCH = listed(
  'hr fr dr prof mr mrs ms st dipl ing mag bzw bspw ca evtl ggf inkl exkl zzgl abzgl insb mind vgl geb gest gem lt betr sog ' +
    'zb dh ua oä va eg ie cf vs viz approx mme mlle sig sra srta dott avv tzn tj np ul tel zt hrsg',
);

/** Abbreviations that only a number makes one of: `No. 4`, `Fig. 2`, `S. 12`. */
const BEFORE_NUMBERS = listed(
  'no nos nr vol vols fig figs eq eqs sec ch pp p s art abs ziff kap abb tab bd aufl anm núm pág str st § sect para chap',
);

/** An initial or dotted letters at the end: `J.`, `z. B.`, `e.g.`. */
const LETTERS_AT_END = /(?:^|[\s("„“'])(?:\p{L}|(?:\p{L}\.\s?)+\p{L})\.$/u;
const DOTTED_AT_END = /\p{L}\.\s?\p{L}\.$/u;
const NUMBER_AT_END = /(?:^|[\s("„“])\d{1,3}\.$/;
const ONLY_NUMBER = /^\(?(?:\d{1,3}\.)+$/;

/** What follows an ordinal number in languages that write them with a full stop. */
const AFTER_ORDINAL =
  /^(?:Jan|Feb|Fév|Mär|Mar|Apr|Mai|Maj|May|Jun|Jul|Aug|Sep|Okt|Oct|Nov|Dez|Dec|Jahrhundert|Jh|Auflage|Etage|Stock|OG|Kapitel|Klasse|Quartal)/;

/** No abbreviation is longer; looking at more would make long texts take for ever. */
const ENDING_CHARS = 60;

let segmenter: Intl.Segmenter | undefined;

/** The sentences of reflowed text (no line breaks), each a piece of it, trimmed. */
export function splitSentences(text: string): string[] {
  segmenter ??= new Intl.Segmenter('und', { granularity: 'sentence' });
  const sentences: string[] = [];
  let start = 0;
  for (const { segment, index } of segmenter.segment(text)) {
    const end = index + segment.length;
    const ending = text.slice(Math.max(start, end - ENDING_CHARS), end).trim();
    if (end < text.length && goesOn(ending, text.slice(end, end + 20))) continue;
    const sentence = text.slice(start, end).trim();
    if (sentence !== '') sentences.push(sentence);
    start = end;
  }
  const last = text.slice(start).trim();
  if (last !== '') sentences.push(last);
  return sentences;
}

/** Whether the sentence goes on after what Unicode takes for its end; `next` is how the text continues. */
function goesOn(ending: string, next: string): boolean {
  if (/^\p{Ll}/u.test(next)) return true;
  if (!ending.endsWith('.')) return false;
  if (NUMBER_AT_END.test(ending)) return ONLY_NUMBER.test(ending) || AFTER_ORDINAL.test(next);
  if (LETTERS_AT_END.test(ending)) return DOTTED_AT_END.test(ending) || !opensSentence(next);
  const lastWord = ending
    .slice(ending.lastIndexOf(' ') + 1, -1)
    .toLowerCase()
    .replaceAll(/^[("'„“]+|\./g, '');
  return TITLES_AND_SUCH.has(lastWord) || (BEFORE_NUMBERS.has(lastWord) && /^\d/.test(next));
}

/** `Appendix A. This …` ends there, `John M. Chambers` does not. */
function opensSentence(next: string): boolean {
  return isLittleWord(/^\p{L}+/u.exec(next)?.[0]?.toLowerCase() ?? '');
}
