// Owns how the dead letters are shown: a table for people, a line of JSON each for programs.
import type { FailedJob } from '../domain/ledger.ts';
import { oneLine } from '../pipeline/html.ts';
import { whyFailed } from './whyFailed.ts';

const MAX_NAME_CHARS = 48;
const HEAD = ['FAILED', 'ROOM', 'FILE', 'WHY', 'BACKLOG TRIES'];

/** `backlogTries` are those of the backlog run alone, as the ledger counts them: not the attempts before the upload failed. */
export function deadLetterJson({ upload, errorCode, failedAtMs, tries }: FailedJob): string {
  const { eventId, roomId, sender, fileName } = upload;
  const failedAt = new Date(failedAtMs).toISOString();
  return JSON.stringify({
    eventId,
    roomId,
    sender,
    fileName,
    code: errorCode,
    why: whyFailed(errorCode),
    failedAt,
    backlogTries: tries,
  });
}

/** Times are the machine's own. */
export function deadLetterTable(failed: readonly FailedJob[]): string {
  const rows = failed.map(({ upload, errorCode, failedAtMs, tries }) => [
    localTime(failedAtMs),
    oneLine(upload.roomId, MAX_NAME_CHARS),
    shownName(upload.fileName),
    whyFailed(errorCode),
    String(tries),
  ]);
  const all = [HEAD, ...rows];
  const widths = HEAD.map((_, column) => Math.max(...all.map((row) => lengthOf(row[column] ?? ''))));
  return all
    .map(
      (row) =>
        `${row
          .map((cell, column) => pad(cell, widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

/** A file name as a terminal may show it: strangers chose it, and control characters move its cursor. */
export function shownName(fileName: string): string {
  return oneLine(fileName, MAX_NAME_CHARS);
}

/** `2026-01-15 12:00`. */
function localTime(ms: number): string {
  return new Date(ms).toLocaleString('sv-SE', { dateStyle: 'short', timeStyle: 'short' });
}

function pad(cell: string, width: number): string {
  return cell + ' '.repeat(Math.max(0, width - lengthOf(cell)));
}

function lengthOf(cell: string): number {
  return [...cell].length;
}
