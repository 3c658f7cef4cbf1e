// Owns the table of fields that members see in an answer, and the file of them that programs read.
import type { FieldRow } from '../domain/answer.ts';
import type { Fields } from '../domain/profile.ts';
import type { Rendered } from './content.ts';
import { escapeHtml } from './html.ts';

export { fieldRows } from './fieldRows.ts';

/** More are no table to be read in a chat; the file holds them all. */
const MAX_ROWS = 40;
/** Plain and HTML together, in bytes of JSON: an edit carries both twice, and the summary wants its room in the event, too. */
export const MAX_TABLE_BYTES = 12_000;
const DOUBT = '(?)';
const DOUBT_LINE = `${DOUBT} was not found word for word in the text that was read: check it.`;

/** The rows as a table; as many as fit into `maxBytes` of JSON, the rest is counted. No rows: both texts are empty. */
export function renderFieldsTable(rows: readonly FieldRow[], maxBytes = MAX_TABLE_BYTES): Rendered {
  if (rows.length === 0) return { body: '', html: '' };
  for (let shown = Math.min(rows.length, MAX_ROWS); ; shown--) {
    const rendered = renderRows(rows.slice(0, shown), rows.length - shown);
    if (shown === 0 || bytesOf(rendered) <= maxBytes) return rendered;
  }
}

function renderRows(rows: readonly FieldRow[], left: number): Rendered {
  const notes = [
    ...(left > 0 ? [left === 1 ? '1 more row is in the file.' : `${left} more rows are in the file.`] : []),
    ...(rows.some((row) => !row.verified) ? [DOUBT_LINE] : []),
  ];
  const shownValue = ({ value, verified }: FieldRow) => (verified ? value : `${value} ${DOUBT}`);
  const body = [...rows.map((row) => `${row.label}: ${shownValue(row)}`), ...notes].join('\n');
  const lines = rows.map((row) => `<tr><th>${escapeHtml(row.label)}</th><td>${escapeHtml(shownValue(row))}</td></tr>`);
  const head = '<thead><tr><th>Field</th><th>Value</th></tr></thead>';
  const foot = notes.length > 0 ? `<p><em>${notes.map(escapeHtml).join('<br>')}</em></p>` : '';
  return { body, html: `<table>${head}<tbody>${lines.join('')}</tbody></table>${foot}` };
}

function bytesOf({ body, html }: Rendered): number {
  return Buffer.byteLength(JSON.stringify(body)) + Buffer.byteLength(JSON.stringify(html));
}

/** The fields as JSON: the profile, who found them, the values, and JSON pointers of those that were not found in the text. */
export function fieldsJson({ profile, by, values, unverified }: Fields): string {
  return `${JSON.stringify({ profile, by, values, unverified }, null, 2)}\n`;
}
