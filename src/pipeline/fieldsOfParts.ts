// Owns asking a model for the fields of a text of any length: whole if it fits, else part by part and then joined.
import type { FieldSchema, Profile } from '../domain/profile.ts';
import type { Note, Reading } from '../domain/reading.ts';
import type { FieldAsker } from './askForFields.ts';
import { type Chunk, type PagePart, pageRange, renderChunk, splitIntoChunks } from './chunk.ts';
import type { ContextBudget } from './contextBudget.ts';
import type { WrongFields } from './fieldPrompt.ts';
import { mergeValues, type Values } from './fieldValues.ts';

/** More calls cost more than fields are worth: who, when and how much stand at the beginning and at the end. */
const FIRST_PARTS = 5;
const LAST_PARTS = 3;

export type PartsContext = {
  asker: FieldAsker;
  budget: ContextBudget;
  /** What a model that saw the picture gave, when it did not keep the schema. */
  wrong: WrongFields | null;
};

/** The fields and what is missing; null: no answer kept the schema. Throws as `FieldAsker.ask` does, and as the budget. */
export async function fieldsOfParts(
  body: Reading['body'],
  profile: Pick<Profile, 'check'> & { schema: FieldSchema },
  { asker, budget, wrong }: PartsContext,
): Promise<{ values: Values | null; notes: Note[] }> {
  const found: Values[] = [];
  const useless: Chunk[] = [];
  let isCut = false;
  let { chunks, left } = choose(split(body, false));
  const isPart = () => found.length + useless.length + chunks.length + left.length > 1;

  for (let chunk = chunks[0]; chunk; chunk = chunks[0]) {
    const question = { text: renderChunk(chunk), isPart: isPart() };
    const asked = await asker.ask(question, budget.answerTokens(), isPart() ? null : wrong);
    if (asked.kind === 'overflow') {
      budget.learn(asked.overflow, asked.prompt);
      const again = choose(
        split(
          chunks.flatMap(({ parts }) => parts),
          true,
        ),
      );
      chunks = again.chunks;
      left = [...left, ...again.left];
      continue;
    }
    if (asked.kind === 'wrong') useless.push(chunk);
    else found.push(asked.values);
    isCut ||= asked.kind === 'found' && asked.isCut;
    chunks = chunks.slice(1);
  }

  const values = found.reduce<Values | null>(
    (all, next) => (all ? mergeValues(all, next, profile.schema) : next),
    null,
  );
  if (values === null || profile.check(values).length > 0) return { values: null, notes: [] };
  const notes: Note[] = [
    ...missing(left, 'were not looked through'),
    ...missing(useless, 'gave no usable answer'),
    ...(isCut ? [partial('the model was cut off at its length limit')] : []),
  ];
  return { values, notes };

  function split(pages: readonly PagePart[], isPartOf: boolean): Chunk[] {
    return splitIntoChunks(pages, budget.textTokens(asker.frame(isPartOf), budget.answerTokens()));
  }
}

/** The first and the last ones where there are too many. */
function choose(chunks: Chunk[]): { chunks: Chunk[]; left: Chunk[] } {
  if (chunks.length <= FIRST_PARTS + LAST_PARTS) return { chunks, left: [] };
  return {
    chunks: [...chunks.slice(0, FIRST_PARTS), ...chunks.slice(-LAST_PARTS)],
    left: chunks.slice(FIRST_PARTS, -LAST_PARTS),
  };
}

function missing(chunks: readonly Chunk[], what: string): Note[] {
  if (chunks.length === 0) return [];
  const ranges = chunks.map(pageRange);
  const from = Math.min(...ranges.map((range) => range.from));
  const to = Math.max(...ranges.map((range) => range.to));
  return [partial(from === to ? `parts of page ${from} ${what}` : `parts of pages ${from} to ${to} ${what}`)];
}

function partial(reason: string): Note {
  return { kind: 'fields_partial', reason };
}
