// Owns the files that go with an answer: the whole text of a long document, and the fields for programs to read.
import type { Answer } from '../domain/answer.ts';
import type { Fields } from '../domain/profile.ts';
import { wholeText } from './markdown.ts';
import { fieldsJson } from './renderFields.ts';

export type AnswerFile = { part: 'text' | 'fields'; name: string; mime: string; text: string };

/** The whole text as Markdown. */
export function textFile(answer: Pick<Answer, 'fileName' | 'pages' | 'reading'>): AnswerFile {
  const text = wholeText(answer.fileName, { pages: answer.pages, title: answer.reading.title });
  return { part: 'text', name: `${withoutEnding(answer.fileName)}.md`, mime: 'text/markdown; charset=utf-8', text };
}

/** The fields as JSON, with the places of those that were not found in the text. */
export function fieldsFile(fileName: string, fields: Fields): AnswerFile {
  return {
    part: 'fields',
    name: `${withoutEnding(fileName)}.json`,
    mime: 'application/json',
    text: fieldsJson(fields),
  };
}

function withoutEnding(fileName: string): string {
  return fileName.replace(/\.(pdf|png|jpe?g|webp|gif|avif|tiff?)$/i, '');
}
