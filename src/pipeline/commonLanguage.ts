// Owns the quick way to a text's language: its script, its letters, or the little words that one common language uses so often.

/** Words that are frequent in one language and rare or absent in the others of this table. */
const LITTLE_WORDS: Record<string, string> = {
  en: 'the and of to is that for with are this be by or from as it which have not you can will your an at when then there their these been were more such also than only into other some each may must should would',
  de: 'der die und das ist nicht den von zu mit sich des auf für dem ein eine wird als auch werden sind bei nach oder wie zum zur einer eines einem einen dieser diese dieses durch über wenn aber nur noch kann haben wurde wurden',
  fr: 'le les et des est une dans qui pour pas vous du au sur plus par cette avec ce sont aux ou mais être nous leur leurs ces elle elles comme tout tous sans entre',
  es: 'el los las y del que una por con para es como más se su al lo pero sus fue han esta sobre este todo todos cada desde hasta cuando muy',
  it: 'il di che è per una sono con non della del gli le dei nel alla anche più come questo da si delle ed al',
  nl: 'het een van en dat niet zijn voor met aan ook naar wordt bij deze uit maar door wij worden als tot kan',
  pt: 'o os não uma para com que do da em são dos das ao mais pelo pela como foi ser você seu sua também às',
  pl: 'nie się jest na do że przez dla oraz jak od po ze są tego być lub które który za jako przy tym może także',
};

/** Scripts and letters that hardly another language has, with the share of the letters that they take at least. */
const LETTERS: [language: string, letters: RegExp, share: number][] = [
  ['ja', /[\p{Script=Hiragana}\p{Script=Katakana}]/gu, 0.1],
  ['ko', /\p{Script=Hangul}/gu, 0.6],
  ['th', /\p{Script=Thai}/gu, 0.6],
  ['el', /\p{Script=Greek}/gu, 0.6],
  ['he', /\p{Script=Hebrew}/gu, 0.6],
  // After Japanese, which mixes them with its own.
  ['zh', /\p{Script=Han}/gu, 0.6],
  ['pl', /ł/giu, 0.006],
  ['cs', /[řěů]/giu, 0.02],
  ['hu', /[őű]/giu, 0.006],
  ['uk', /[їєґ]/giu, 0.006],
];

/** Fewer words or letters decide nothing. */
const MIN_WORDS = 12;
const MIN_LETTERS = 20;

/** Share of little words in ordinary text of the language, and how far the next language must be behind. */
const MIN_SHARE = 0.12;
const LEAD = 2.5;

/** Lists and tables of contents have few little words; in plain Latin letters they are English even so. */
const MIN_SHARE_ENGLISH = 0.045;

let languagesOf: Map<string, string[]> | undefined;

/** Whether a word is one of the little words of a common language. */
export function isLittleWord(word: string): boolean {
  languagesOf ??= invert();
  return languagesOf.has(word);
}

/** ISO 639-1, or null when the text is short, mixed or in a language that is not in the tables. */
export function commonLanguage(text: string): string | null {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  if (letters < MIN_LETTERS) return null;
  const own = LETTERS.find(([, expression, share]) => (text.match(expression)?.length ?? 0) > letters * share);
  if (own) return own[0];
  const words = text.toLowerCase().match(/\p{L}+/gu) ?? [];
  if (words.length < MIN_WORDS) return null;
  const [best, second] = countLittleWords(words).sort((a, b) => b[1] - a[1]);
  if (!best || best[1] < (second?.[1] ?? 0) * LEAD) return null;
  const isPlain = best[0] === 'en' && (text.match(/[a-z]/gi)?.length ?? 0) > letters * 0.99;
  return best[1] >= words.length * (isPlain ? MIN_SHARE_ENGLISH : MIN_SHARE) ? best[0] : null;
}

function countLittleWords(words: readonly string[]): [language: string, count: number][] {
  languagesOf ??= invert();
  const counts = new Map(Object.keys(LITTLE_WORDS).map((language) => [language, 0]));
  for (const word of words) {
    for (const language of languagesOf.get(word) ?? []) counts.set(language, (counts.get(language) ?? 0) + 1);
  }
  return [...counts];
}

function invert(): Map<string, string[]> {
  const inverted = new Map<string, string[]>();
  for (const [language, words] of Object.entries(LITTLE_WORDS)) {
    for (const word of words.split(' ')) inverted.set(word, [...(inverted.get(word) ?? []), language]);
  }
  return inverted;
}
