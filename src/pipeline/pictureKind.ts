// Owns the guess at what a picture shows, from the words that were recognised on it.

import type { PictureKind } from '../domain/answer.ts';

type Sign = { kind: PictureKind; signs: RegExp[]; least: number };

/** In this order: the first whose signs are there in the number needed. One sign alone proves little. */
const KINDS: Sign[] = [
  {
    kind: 'terminal',
    signs: [
      /^[ \t]{0,8}(?:[\w.-]{1,32}@[\w.-]{1,64}[:~ ].{0,80})?[$#>%] \S/m,
      /\b(?:sudo|npm|git|docker|apt|pip|ssh|curl|systemctl|cargo|kubectl)\b/,
      /\b(?:error|warning|fatal|exception|traceback|failed)\b[: ]/i,
      /(?:^|\s)\/[\w.-]{1,64}\/[\w.-]/,
      /\bexit (?:code|status)\b/i,
    ],
    least: 2,
  },
  {
    kind: 'invoice',
    signs: [
      /\b(?:invoice|rechnung|facture|factura|fattura)\b/i,
      /\b(?:due|fällig|zahlbar|échéance|vencimiento)\b/i,
      /\b(?:IBAN|BIC|sort code|account)\b/i,
      /\b(?:VAT|MwSt|USt|TVA|IVA)\b/,
    ],
    least: 2,
  },
  {
    kind: 'receipt',
    signs: [
      /\b(?:total|summe|gesamt|betrag|montant|importe|totale)\b/i,
      /\b(?:VAT|MwSt|USt|TVA|IVA|tax)\b/i,
      /\b(?:cash|card|bar|karte|visa|mastercard|change|rückgeld)\b/i,
      /\b(?:receipt|quittung|bon|kassenbon|ticket)\b/i,
      /\d[.,]\d{2} ?(?:€|EUR|USD|\$|£|CHF)?$/m,
    ],
    least: 3,
  },
  {
    kind: 'chart',
    signs: [
      /\b(?:bid|ask|strike|expir\w+|premium|calls?|puts?|portfolio|P\/L|p&l)\b/i,
      /[+-]\d+(?:[.,]\d+)?\s?%/,
      /\b(?:buy|sell|long|short)\b/i,
      /\$[A-Z]{1,5}\b/,
    ],
    least: 3,
  },
  {
    kind: 'event',
    signs: [
      /\b(?:tickets?|admission|eintritt|einlass|doors|entrée)\b/i,
      /\b(?:concert|konzert|festival|live|theatre|theater|lesung|party|workshop|exhibition|ausstellung)\b/i,
      /\b(?:\d{1,2}[:.]\d{2}\s*(?:uhr|pm|am|h)?)\b/i,
      /\b(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag)\b/i,
    ],
    least: 3,
  },
  {
    kind: 'chat',
    signs: [
      // Three times of day: each message carries its own.
      /\b\d{1,2}:\d{2}\b[^:]{1,300}\b\d{1,2}:\d{2}\b[^:]{1,300}\b\d{1,2}:\d{2}\b/,
      /\b(?:online|typing…?|last seen|zuletzt online|delivered|read)\b/i,
      /\b(?:today|yesterday|heute|gestern)\b/i,
    ],
    least: 2,
  },
];

/** Signs stand at the beginning and all over; more text makes it no surer. */
const SAMPLE_CHARS = 5_000;

/** What the text is most likely from; null: nothing says so. */
export function guessPictureKind(text: string): PictureKind | null {
  const sample = text.slice(0, SAMPLE_CHARS);
  const found = KINDS.find(({ signs, least }) => signs.filter((sign) => sign.test(sample)).length >= least);
  return found?.kind ?? null;
}
