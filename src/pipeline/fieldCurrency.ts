// Owns which currencies a text speaks of, by their signs and codes.

/** What a sign may stand for, the likeliest first. */
const SIGNS: readonly [RegExp, codes: readonly string[]][] = [
  [/€|\beuros?\b/gi, ['EUR']],
  [/(?<![A-Z])\$/g, ['USD', 'CAD', 'AUD', 'NZD', 'SGD', 'HKD', 'MXN', 'ARS', 'CLP', 'COP', 'TWD', 'BRL']],
  [/£/g, ['GBP', 'EGP', 'GIP']],
  [/[¥円]/g, ['JPY', 'CNY']],
  [/元/g, ['CNY', 'TWD']],
  [/₹|\bRs\b/g, ['INR', 'PKR']],
  [/zł|\bzl\b/gi, ['PLN']],
  [/Kč/g, ['CZK']],
  [/\bSFr\b|\bFr\./g, ['CHF']],
  [/₽|\bруб\b/g, ['RUB']],
  [/₺/g, ['TRY']],
  [/₴/g, ['UAH']],
  [/₩/g, ['KRW']],
  [/₪/g, ['ILS']],
  [/R\$/g, ['BRL']],
  [/C\$/g, ['CAD']],
  [/A\$/g, ['AUD']],
  [/\bFt\b/g, ['HUF']],
];
/** These say no more than that it is one of them. */
const SHARED_SIGNS: readonly [RegExp, codes: readonly string[]][] = [
  [/\d ?kr\b|\bkr\.? ?\d/gi, ['SEK', 'NOK', 'DKK', 'ISK']],
];

const CODES =
  /\b(?:EUR|USD|GBP|CHF|PLN|CZK|SEK|NOK|DKK|ISK|HUF|RON|BGN|JPY|CNY|INR|CAD|AUD|NZD|SGD|HKD|TWD|MXN|BRL|ZAR|UAH|ILS|KRW|THB|AED)\b/g;

/** The currency that is named most often; null: none, or a sign that several share. */
export function currencyOf(text: string): string | null {
  const counts = new Map<string, number>();
  const count = (code: string, times: number) => counts.set(code, (counts.get(code) ?? 0) + times);
  for (const [code] of text.matchAll(CODES)) count(code, 1);
  for (const [sign, [code = '']] of SIGNS) count(code, Array.from(text.matchAll(sign)).length);
  let best: string | null = null;
  for (const [code, times] of counts) if (times > (best === null ? 0 : (counts.get(best) ?? 0))) best = code;
  return best;
}

/** Whether a text names a currency, by its code or by a sign that may stand for it. */
export function namesCurrency(text: string, code: string): boolean {
  const wanted = code.toUpperCase();
  if (new RegExp(`(?<![A-Z])${wanted.replaceAll(/[^A-Z]/g, '')}(?![A-Z])`).test(text) && wanted !== '') return true;
  return [...SIGNS, ...SHARED_SIGNS].some(([sign, codes]) => codes.includes(wanted) && text.search(sign) >= 0);
}
