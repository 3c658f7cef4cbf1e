// Owns the splitting of text into sentences: Unicode's rules, mended where abbreviations and numbering break them.

/** Abbreviations that a sentence seldom ends with, without their last full stop, lower case. */
const ABBREVIATIONS = new Set(
  (
    'hr fr dr prof mr mrs ms st jr sr dipl ing mag bzw bspw ca evtl ggf inkl exkl zzgl abzgl insb max min mind nr str tel vgl ' +
    'usw etc abs art ziff lit hrsg aufl bd kap abb tab s anm geb gest gem lt betr ev sog zb dh ua oä va zt eg ie cf vs viz ' +
    'no nos vol vols fig figs eq eqs sec ch pp p approx dept est inc ltd corp co ed eds al mme mlle m c.-à-d sig ing ' +
    'av avda núm pág ej art ref jan feb mar apr jun jul aug sep sept okt oct nov dez dec mo di mi do fr sa so tj np nr ul'
  ).split(' '),
);

/** A last word that is an initial (`J.`), dotted letters (`z. B.`, `e.g.`), or a number that orders (`3.`, `12.`). */
const OPEN_END = /(?:^|[\s("„“])(?:\p{L}|(?:\p{L}\.\s?)+\p{L}|\d{1,3})\.$/u;

let segmenter: Intl.Segmenter | undefined;

/** The sentences of reflowed text (no line breaks), each a piece of it, trimmed. */
export function splitSentences(text: string): string[] {
  segmenter ??= new Intl.Segmenter('und', { granularity: 'sentence' });
  const sentences: string[] = [];
  let start = 0;
  for (const { segment, index } of segmenter.segment(text)) {
    const end = index + segment.length;
    const soFar = text.slice(start, end).trim();
    if (end < text.length && isOpen(soFar, text.slice(end, end + 1))) continue;
    if (soFar !== '') sentences.push(soFar);
    start = end;
  }
  const last = text.slice(start).trim();
  if (last !== '') sentences.push(last);
  return sentences;
}

/** Whether the sentence goes on after what Unicode takes for its end. */
function isOpen(soFar: string, next: string): boolean {
  if (/\p{Ll}/u.test(next)) return true;
  if (!soFar.endsWith('.')) return false;
  if (OPEN_END.test(soFar)) return true;
  const lastWord = soFar.slice(soFar.lastIndexOf(' ') + 1, -1).toLowerCase();
  return ABBREVIATIONS.has(lastWord.replaceAll(/^[("'„“]+|\./g, ''));
}
