// Owns the rules that find words without a model: what stands behind a label, at the top, after "action".
import { datesIn, isoOf } from './fieldDates.ts';
import { wordPattern } from './fieldMoney.ts';
import type { FoundEntry } from './fieldRules.ts';

const MAX_CHARS = 200;

/** The first line that is words, not a page mark, a date or a number. */
export function firstLineOf(text: string): string[] {
  const line = linesOf(text).find(
    (candidate) => /\p{L}{2}/u.test(candidate) && !/^(?:page|seite)\s?\d/i.test(candidate),
  );
  return line === undefined || line.length > MAX_CHARS ? [] : [line];
}

/** What stands behind one of the words and a colon, or alone in the line below them. */
export function textsBeside(text: string, words: readonly string[]): string[] {
  if (words.length === 0) return [];
  const lines = linesOf(text);
  const label = new RegExp(
    `^[\\s•*#-]*${wordPattern(words).source}\\p{L}{0,2}(?:\\s?\\d{1,3})?\\s*(?:[:：]\\s*(.*)|$)`,
    'iu',
  );
  return lines.flatMap((line, index) => {
    const match = label.exec(line);
    if (!match) return [];
    const beside = (match[1] || lines[index + 1] || '').trim();
    return beside !== '' && beside.length <= MAX_CHARS ? [beside] : [];
  });
}

/** Names of one label, apart. */
export function splitList(text: string): string[] {
  return text
    .split(/[,;•]|\s(?:and|und|et|y|e|&)\s/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

const INVOICE_WORD = '(?:invoice|rechnung(?:s)?|facture|factura|fattura|faktura|fatura|factuur|receipt|beleg|bon)';
const INVOICE_NUMBER = new RegExp(
  `(?<!\\p{L})${INVOICE_WORD}[\\s-]{0,3}(?:no|nr|number|nummer|num[eé]ro|num|n[°º]|#)?[\\s.:#]{0,4}([A-Z0-9][A-Z0-9./_-]{1,24})(?!\\p{L})`,
  'giu',
);

/** Numbers of invoices: behind the word, with a digit in them, and no date. */
export function invoiceNumbersIn(text: string): string[] {
  return Array.from(linesOf(text).join('\n').matchAll(INVOICE_NUMBER), ([, number = '']) =>
    number.replace(/[./_-]+$/, ''),
  ).filter((number) => /\d/.test(number) && datesIn(number).every(({ end, index }) => end - index < number.length));
}

const IBAN = /(?<![A-Z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![A-Z0-9])/g;

/** Account numbers whose check digits are right (ISO 13616), as they stand there. */
export function ibansIn(text: string): string[] {
  return Array.from(text.matchAll(IBAN), ([iban]) => iban).filter(hasRightCheckDigits);
}

function hasRightCheckDigits(iban: string): boolean {
  const compact = iban.replaceAll(' ', '');
  const digits = `${compact.slice(4)}${compact.slice(0, 4)}`.replaceAll(
    /[A-Z]/g,
    (letter) => `${letter.charCodeAt(0) - 55}`,
  );
  return compact.length >= 15 && BigInt(digits) % 97n === 1n;
}

/** Addresses of mail. */
export function emailsIn(text: string): string[] {
  return text.match(/(?<![\w.+-])[\w.+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,5}/gi) ?? [];
}

const ACTION =
  /^[\s•*#-]*(?:(?:action(?: item)?|todo|to do|aufgabe|tâche|tarea|ai)\s?\d{0,3}\s*[:：.)-]|\[ \])\s*(.{3,})$/iu;
const OWNER_FIRST = /^@?(\p{Lu}[\p{L}.'-]*(?: \p{Lu}[\p{L}.'-]*)?)(?::| to | will | – | - )\s*(.{3,})$/u;
const OWNER_BEHIND = /\((?:owner:? )?@?(\p{Lu}[\p{L} .'-]{1,40}?)(?:,[^)]*)?\)|(?:^|\s)@(\p{L}[\p{L}\p{N}._-]*)/u;

const OWNER_LAST = /^(.{3,}?):\s*([^,:]{2,40})(?:,.*)?$/u;
const TASKS_HEADING =
  /^(?:\d{1,2}\.? )?(?:tasks|action items|actions|to-?dos?|next steps|aufgaben|nächste schritte|tâches|tareas|azioni|zadania)\s*:?$/iu;
const BULLET = /^[•*–-]\s+(?:\[ \]\s*)?(.{3,})$/;

/** Tasks behind `Action:` or a box to be ticked, or in the list under such a heading, with owner and date where they stand there. */
export function actionsIn(text: string): FoundEntry[] {
  let isUnderHeading = false;
  return linesOf(text).flatMap((line) => {
    const listed = isUnderHeading ? BULLET.exec(line)?.[1] : undefined;
    if (TASKS_HEADING.test(line)) isUnderHeading = true;
    else if (line !== '' && listed === undefined) isUnderHeading = false;
    const said = (ACTION.exec(line)?.[1] ?? listed)?.trim();
    return said === undefined ? [] : [actionOf(said)];
  });
}

function actionOf(said: string): FoundEntry {
  const first = OWNER_FIRST.exec(said);
  const last = first ? null : OWNER_LAST.exec(said);
  const owner = first?.[1] ?? last?.[2] ?? OWNER_BEHIND.exec(said)?.slice(1).find(Boolean);
  const due = datesIn(said).at(-1)?.readings;
  return {
    action_task: (first?.[2] ?? last?.[1] ?? said).slice(0, MAX_CHARS),
    ...(owner ? { action_owner: owner.trim() } : {}),
    ...(due?.length === 1 && due[0] ? { action_due: isoOf(due[0]) } : {}),
  };
}

function linesOf(text: string): string[] {
  return text.split('\n').map((line) => line.replaceAll(/\s+/g, ' ').trim());
}
