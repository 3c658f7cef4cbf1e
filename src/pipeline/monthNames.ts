// Owns the names of the months in the languages that documents come in.

const LOCALES = ['en', 'de', 'fr', 'es', 'it', 'pt', 'nl', 'pl', 'sv', 'cs'];

export type Month = {
  /** From 1. */
  number: number;
  /** Short enough to be another word (`may`, `set`, `out`): it takes a year, or in English a capital, to be a month. */
  isShort: boolean;
  isEnglish: boolean;
};

let names: ReadonlyMap<string, Month> | undefined;

/** The month of a name or its abbreviation, whatever its case and accents; undefined: it is none. */
export function monthOf(word: string): Month | undefined {
  names ??= collectNames();
  return names.get(fold(word));
}

function collectNames(): ReadonlyMap<string, Month> {
  const found = new Map<string, Month>();
  for (const locale of LOCALES) {
    for (let number = 1; number <= 12; number++) {
      for (const name of namesIn(locale, number)) {
        if (name.length < 3 || found.has(name)) continue;
        found.set(name, { number, isShort: name.length <= 3, isEnglish: locale === 'en' });
      }
    }
  }
  found.set('sept', { number: 9, isShort: false, isEnglish: true });
  return found;
}

/** Alone and beside a day: Slavic languages have two forms. */
function namesIn(locale: string, month: number): string[] {
  const date = new Date(Date.UTC(2024, month - 1, 15));
  const styles: Intl.DateTimeFormatOptions[] = [
    { month: 'long' },
    { month: 'short' },
    { month: 'long', day: 'numeric' },
    { month: 'short', day: 'numeric' },
  ];
  return styles.flatMap((style) =>
    new Intl.DateTimeFormat(locale, { ...style, timeZone: 'UTC' })
      .formatToParts(date)
      .filter(({ type }) => type === 'month')
      .map(({ value }) => fold(value)),
  );
}

function fold(word: string): string {
  return word
    .normalize('NFKD')
    .replaceAll(/[\p{M}.]/gu, '')
    .toLowerCase();
}
