// Owns what `read` prints for one file: a line of JSON, or the answer as a room would show it.
import type { Config } from '../../config/env.ts';
import type { ErrorCode } from '../domain/errors.ts';
import { noteText } from '../pipeline/notes.ts';
import { renderAnswer } from '../pipeline/render.ts';
import { failureText } from '../pipeline/renderFailure.ts';
import type { FileResult } from './read.ts';

/** One JSON object on one line. */
export function jsonLine(result: FileResult): string {
  if (!result.ok) return JSON.stringify(result);
  const { file, answer, outline, ms } = result;
  const { kind, pageCount, title, author, language, ocrConfidence } = answer.reading;
  return JSON.stringify({
    file,
    ok: true,
    kind,
    pictureKind: answer.pictureKind,
    pageCount,
    pagesRead: answer.pagesRead,
    pages: answer.pages,
    title,
    author,
    outline,
    language,
    ocrConfidence,
    summary: answer.summary.text,
    keyPoints: answer.summary.keyPoints,
    fields: answer.fields?.values ?? {},
    unverified: answer.fields?.unverified ?? [],
    notes: answer.notes.map(noteText),
    ms,
  });
}

/** The answer in plain text, or why there is none. */
export function plainText(result: FileResult, { limits }: Pick<Config, 'limits'>): string {
  if (result.ok) return `${renderAnswer(result.answer).body}\n`;
  return `${result.file}: ${failureHere(result.code, result.message, limits)}\n`;
}

/** Nothing is posted or sent here: some sentences of the rooms would be odd. */
function failureHere(code: ErrorCode, message: string, limits: Config['limits']): string {
  switch (code) {
    case 'file_not_found':
      return `it cannot be opened (${message}).`;
    case 'not_a_document':
      return 'this is neither a PDF nor a picture.';
    case 'empty_file':
      return 'the file is empty.';
    default:
      return failureText(code, limits);
  }
}
