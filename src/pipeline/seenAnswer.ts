// Owns reading what a model answers about a picture: JSON as it was asked for, or words.
import { z } from 'zod';
import { cleanAnswer, cleanLines, dropThoughts } from './cleanAnswer.ts';
import { capAtSentence } from './modelText.ts';
import { readJson } from './partialJson.ts';

const MAX_DESCRIPTION_CHARS = 4_000;

/** More than an answer at the output limit has; what follows is work without use. */
const MAX_ANSWER_CHARS = 200_000;

export type SeenAnswer = { description: string; transcription: string; fields: unknown; isCut: boolean };

/** `words`: the model did not keep to JSON, but said something. */
export type ParsedSeen =
  | { kind: 'json'; seen: SeenAnswer }
  | { kind: 'words'; description: string }
  | { kind: 'useless' };

const lines = z.union([z.string(), z.array(z.string()).transform((all) => all.join('\n'))]).catch('');
const outerSchema = z.object({ description: lines, transcription: lines, fields: z.unknown().optional() });

/** How models say that there is nothing to write down. */
const NO_TEXT = /^\W*(?:no (?:visible |readable )?text|none|n\/a|empty)\W*$/i;

/** Lines of the prompt's fence that a small model repeats. */
const FENCE = /^(?:<<<[0-9a-f]{16}|[0-9a-f]{16}>>>)$/;
const CODE_FENCE = /^\s*(?:```|~~~)/;

/** The answer to a question for a description, fields and a transcription; `fields` are not checked, and null when there are none. */
export function parseSeen(answer: string): ParsedSeen {
  const said = dropThoughts(answer).slice(0, MAX_ANSWER_CHARS).trim();
  const read = readJson(said);
  const outer = read && outerSchema.safeParse(read.value);
  if (read && outer?.success) {
    const description = toDescription(outer.data.description);
    const transcription = toTranscription(outer.data.transcription);
    if (description === '' && transcription === '') return { kind: 'useless' };
    return {
      kind: 'json',
      seen: { description, transcription, fields: outer.data.fields ?? null, isCut: read.isCut },
    };
  }
  // The ruins of JSON are no words.
  const description = /^[`\s]*(?:json\s*)?[{[]/.test(said) ? '' : toDescription(said);
  return /\p{L}/u.test(description) ? { kind: 'words', description } : { kind: 'useless' };
}

function toDescription(text: string): string {
  return capAtSentence(cleanAnswer(text).replace(/\s+/g, ' '), MAX_DESCRIPTION_CHARS);
}

/** The text of a page as plain lines; empty when the model says that there is none. */
export function toTranscription(answer: string): string {
  const text = cleanLines(dropThoughts(answer))
    .split('\n')
    .filter((line) => !FENCE.test(line.trim()) && !CODE_FENCE.test(line))
    .map((line) => line.trimEnd())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
  return NO_TEXT.test(text) ? '' : text;
}
