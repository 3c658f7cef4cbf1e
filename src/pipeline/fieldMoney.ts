// Owns the rules that find amounts without a model: totals, taxes, the lines of a receipt.
import { readingsOf } from './fieldNumbers.ts';

/** With two decimals, or with a currency beside it; group 1: the sign, group 2: the figures. No share, no part of a date. */
const SIGN = '([-−–](?=[\\d$€£])|\\()?';
const CURRENCY = '(?:[€$£¥₹]|(?:EUR|USD|GBP|CHF|PLN|CZK|SEK|NOK|DKK|zł|Kč|kr|Fr\\.)(?!\\p{L}))';
const FIGURES = "\\d{1,3}(?:[.,'’ ]\\d{3}){1,5}(?:[.,]\\d{2})?|\\d{1,15}(?:[.,]\\d{1,4})?";
const AMOUNT = new RegExp(
  `(?<![\\d.,:/-])${SIGN}(?:${CURRENCY} ?[-−]?(${FIGURES})|(${FIGURES})(?= ?${CURRENCY}(?! ?\\d))|(\\d{1,3}(?:[.,'’ ]\\d{3}){0,5}[.,]\\d{2}|\\d{1,15}[.,]\\d{2}))(?![\\d:%/]|[.,-]\\d| ?%)`,
  'gu',
);

export type Money = { value: number; index: number; end: number };

/** The amounts in a line, in their order. */
export function moneyIn(line: string): Money[] {
  return Array.from(line.matchAll(AMOUNT), (match) => {
    const figures = match[2] ?? match[3] ?? match[4] ?? '';
    const isNegative = match[1] !== undefined || /[-−]/.test(match[0].slice(0, match[0].indexOf(figures)));
    const value = valueOfFigures(figures);
    return { value: isNegative ? -value : value, index: match.index, end: match.index + match[0].length };
  });
}

/** `1.234,50` as 1234.5: two figures at the end are cents, three are none. */
function valueOfFigures(figures: string): number {
  const joined = figures.replaceAll(' ', '');
  const readings = readingsOf(joined);
  const hasCents = /[.,]\d{1,2}$/.test(joined);
  const best = hasCents ? readings.find((value) => !Number.isInteger(value)) : readings[0];
  return best ?? readings.at(-1) ?? 0;
}

/** Words of several languages are matched at their beginning: `Gesamt` in `Gesamtbetrag`. */
const STRONG_TOTAL =
  /grand total|total due|amount due|balance due|total amount|amount payable|to pay\b|zu zahlen|zahlbetrag|gesamt|endbetrag|rechnungsbetrag|total (?:ttc|à payer|general|a pagar)|net à payer|importe total|totale (?:complessivo|documento|da pagare)|do zapłaty|te betalen|att betala|celkem k úhradě/i;
const TOTAL = /\btotal|\bsumme\b|\btotale|\btotaal|\brazem\b|\bsuma\b|\bsumma\b|\bcelkem\b|合計/i;
const WEAK_TOTAL = /\bbetrag\b|\bmontant\b|\bamount\b|\bimporte\b|\bimporto\b|\bbedrag\b|\bkwota\b|\bbelopp\b/i;
const NO_TOTAL =
  /sub-?\s?total|zwischensumme|sous-total|subtotale|netto|\bnet (?:total|amount)|\bhors tax|\bHT\b|imponibile|saved|savings|discount|rabatt|items?\b.*\bsold/i;
const TAX =
  /\btax(?:es)?\b|\bvat\b|\bgst\b|\bmwst|\bust\b|umsatzsteuer|mehrwertsteuer|\bsteuer|\btva\b|\biva\b|\bbtw\b|\bmoms\b|\bdph\b|\bptu\b|消費税/i;
const NO_TAX = /(?:vat|tax|ust|steuer|mwst|tva|iva|btw)[-. ]?(?:id|no|nr|num|reg|identif|invoice)|\btax invoice\b/i;
const INCLUSIVE = /\bincl|\binkl|\bttc\b|brutto|gross|\binclusi/i;
const PAYMENT =
  /\bcash\b|\bchange\b|\bbar\b|\bgegeben\b|rückgeld|\bvisa\b|mastercard|\bcard\b|\bkarte|girocard|\bec\b|espèces|\brendu\b|efectivo|contanti|gotówka|reszta|tendered|\bpaid\b/i;

/** What was to be paid: beside the strongest word for it, the last time that it stands there. */
export function totalsIn(text: string): number[] {
  const lines = linesOf(text);
  for (const word of [STRONG_TOTAL, TOTAL, WEAK_TOTAL]) {
    const found = lines.flatMap((line, index) => {
      const isTax = TAX.test(line) && !INCLUSIVE.test(line);
      if (!word.test(line) || NO_TOTAL.test(line) || isTax || PAYMENT.test(line)) return [];
      return besideWord(lines, index);
    });
    const last = found.at(-1);
    if (last !== undefined) return [last];
  }
  return [];
}

/** All taxes together; none where several rates stand without their sum. */
export function taxesIn(text: string): number[] {
  const lines = linesOf(text);
  const taxLines = lines.flatMap((line, index) => {
    if (!TAX.test(line) || NO_TAX.test(line)) return [];
    const isSum = STRONG_TOTAL.test(line) || TOTAL.test(line);
    if (isSum && INCLUSIVE.test(line)) return [];
    return besideWord(lines, index).map((value) => ({ value, isSum }));
  });
  const sums = taxLines.filter(({ isSum }) => isSum);
  const values = [...new Set((sums.length > 0 ? sums : taxLines).map(({ value }) => value))];
  return values.length === 1 ? values : [];
}

/** The amounts that stand beside one of the words, in its line or alone in the next one; no words: every amount with a currency. */
export function amountsBeside(text: string, words: readonly string[]): number[] {
  const lines = linesOf(text);
  if (words.length === 0) return lines.flatMap(moneyIn).map(({ value }) => value);
  const wanted = wordPattern(words);
  return lines.flatMap((line, index) => {
    const match = wanted.exec(line);
    if (!match) return [];
    const after = moneyIn(line).find((money) => money.index >= match.index);
    return after ? [after.value] : nextLineAmount(lines, index);
  });
}

/** The pattern of whole words, with any letters at their end (`Kunde`, `Kunden`), whatever their case. */
export function wordPattern(words: readonly string[]): RegExp {
  const escaped = words.map((word) => word.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(/\s+/g, '\\s+'));
  return new RegExp(`(?<![\\p{L}\\p{N}])(?:${escaped.join('|')})(?!\\p{L}{3})`, 'iu');
}

/** The last amount of a line; OCR puts it into the next one where columns are wide. */
function besideWord(lines: readonly string[], index: number): number[] {
  const own = moneyIn(lines[index] ?? '').at(-1);
  return own ? [own.value] : nextLineAmount(lines, index);
}

function nextLineAmount(lines: readonly string[], index: number): number[] {
  const next = lines[index + 1] ?? '';
  const [only] = moneyIn(next);
  return only && !/\p{L}{4}/u.test(next) ? [only.value] : [];
}

export type ReceiptLine = { line_name: string; line_quantity?: number; line_price: number };

const QUANTITY = /^(\d{1,4}) ?(?:[x×*]|Stk\.?|pcs\.?|st\.?)(?: |(?=\p{L}))/iu;
const BARE_QUANTITY = /^(\d{1,3}) (?=\p{L})/u;
const TRAILING_QUANTITY = /(?:^|\s)(\d{1,4}) ?[x×*] ?$/i;
const COLUMN_QUANTITY = /\s(\d{1,4}(?:[.,]\d{1,3})?)$/;
const MAX_NAME_CHARS = 80;
const MAX_LINE_CHARS = 200;

/** What was bought: lines of a name and a price, until the first sum. */
export function receiptLines(text: string): ReceiptLine[] {
  const found: ReceiptLine[] = [];
  for (const line of linesOf(text)) {
    const isSum = STRONG_TOTAL.test(line) || TOTAL.test(line) || NO_TOTAL.test(line);
    const isOther = isSum || TAX.test(line) || PAYMENT.test(line) || WEAK_TOTAL.test(line);
    if (isSum && found.length > 0) return found;
    const bought = isOther || line.length > MAX_LINE_CHARS ? null : receiptLine(line);
    if (bought) found.push(bought);
  }
  return found;
}

function receiptLine(line: string): ReceiptLine | null {
  const amounts = moneyIn(line);
  const [first, price] = [amounts[0], amounts.at(-1)];
  // Behind the price a currency or the letter of a tax rate may stand.
  if (!first || !price || !/^[\s)€$£*]*(?:[A-Z]{1,3}|zł|Kč|kr)?[\s*]*$/.test(line.slice(price.end))) return null;
  const { name, quantity } = nameAndQuantity(line.slice(0, first.index).trim(), first.value, price.value);
  if (!/\p{L}{2}/u.test(name) || name.length > MAX_NAME_CHARS) return null;
  return { line_name: name, line_price: price.value, ...(quantity ? { line_quantity: quantity } : {}) };
}

/** A bare number behind the name is a quantity when the price of one and that of all say so. */
function nameAndQuantity(text: string, unitPrice: number, price: number): { name: string; quantity: number } {
  const leading = QUANTITY.exec(text) ?? BARE_QUANTITY.exec(text);
  const trailing = leading ? null : (TRAILING_QUANTITY.exec(text) ?? COLUMN_QUANTITY.exec(text));
  const quantity = Number((leading ?? trailing)?.[1]?.replace(',', '.') ?? 0);
  const isBare = trailing !== null && !/[x×*] ?$/i.test(text);
  const isCounted = !isBare || (quantity > 0 && Math.abs(quantity * unitPrice - price) < 0.015);
  const name = text
    .slice(leading?.[0].length ?? 0, trailing && isCounted ? trailing.index : undefined)
    .replaceAll(/^[\s\-–*.]+|[\s.:…_–$€£-]+$/g, '');
  return { name, quantity: isCounted ? quantity : 0 };
}

function linesOf(text: string): string[] {
  return text.split('\n').map((line) => line.replaceAll(/\s+/g, ' ').trim());
}
