// Owns asking the model for the fields of one piece of text, and once more with what was wrong.
import { AppError } from '../domain/errors.ts';
import { type AnswerSchema, ContextOverflow, type Model, type ModelAnswer, type TokenUsage } from '../domain/model.ts';
import type { FieldSchema, Profile } from '../domain/profile.ts';
import { dropThoughts } from './cleanAnswer.ts';
import { type FieldQuestion, fieldPrompt, type WrongFields } from './fieldPrompt.ts';
import { isRecord } from './fieldSchema.ts';
import { type Values, withoutEmpty } from './fieldValues.ts';
import { readJson } from './partialJson.ts';
import type { Prompt } from './prompt.ts';

const ATTEMPTS = 2;
/** More than an answer at the output limit has; what follows is work without use. */
const MAX_ANSWER_CHARS = 200_000;

/** `wrong`: two answers did not keep the schema. `overflow`: the prompt did not fit. */
export type AskedFields =
  | { kind: 'found'; values: Values; isCut: boolean }
  | { kind: 'wrong' }
  | { kind: 'overflow'; overflow: ContextOverflow | null; prompt: Prompt };

export type FieldAsker = {
  /**
   * `before`: an answer that was wrong already, which leaves one more. Throws what the model throws, `model_failed` only
   * the second time, and the reason of the signal.
   */
  ask(
    question: Pick<FieldQuestion, 'text' | 'isPart'>,
    maxOutputTokens: number,
    before?: WrongFields | null,
  ): Promise<AskedFields>;
  /** The prompt around a text, to reckon with. */
  frame(isPart: boolean): Prompt;
  readonly usage: TokenUsage;
  /** Calls that were made, refused ones included. */
  readonly calls: number;
};

type AskedProfile = Pick<Profile, 'prompt' | 'check'> & { schema: FieldSchema };

/** Asks one question at a time; ends with `signal`. */
export function createFieldAsker(
  model: Model,
  profile: AskedProfile,
  schema: AnswerSchema,
  signal: AbortSignal,
): FieldAsker {
  const usage = { inputTokens: 0, outputTokens: 0 };
  let calls = 0;
  const common = { schema, wishes: profile.prompt };

  async function complete(prompt: Prompt, maxOutputTokens: number): Promise<ModelAnswer> {
    signal.throwIfAborted();
    calls++;
    const answer = await model.complete({ ...prompt, maxOutputTokens, schema, signal });
    usage.inputTokens += answer.usage.inputTokens;
    usage.outputTokens += answer.usage.outputTokens;
    return answer;
  }

  return {
    usage,
    get calls() {
      return calls;
    },
    frame: (isPart) => fieldPrompt({ ...common, text: '', isPart }),
    async ask(question, maxOutputTokens, before = null) {
      let wrong = before;
      let cut: Values | null = null;
      for (let attempt = before === null ? 1 : 2; attempt <= ATTEMPTS; attempt++) {
        const prompt = fieldPrompt({ ...common, ...question }, wrong);
        try {
          const read = readFields(await complete(prompt, maxOutputTokens), profile);
          if (read.problems.length === 0 && !read.isCut) return { kind: 'found', values: read.values, isCut: false };
          if (read.problems.length === 0) cut = read.values;
          wrong = { answer: read.answer, problems: read.isCut ? [WAS_CUT] : read.problems };
        } catch (thrown) {
          const isLast = attempt === ATTEMPTS;
          if (!(thrown instanceof AppError) || (thrown.code === 'model_failed' && isLast && !cut)) throw thrown;
          if (thrown.code === 'model_context_exceeded' && wrong === null)
            return { kind: 'overflow', overflow: overflowOf(thrown), prompt };
          if (thrown.code !== 'model_failed' && thrown.code !== 'model_context_exceeded') throw thrown;
        }
      }
      return cut === null ? { kind: 'wrong' } : { kind: 'found', values: cut, isCut: true };
    },
  };
}

const WAS_CUT = 'it was too long and was cut off: write it without spaces and line breaks, and only what matters most';

type ReadFields = { answer: string; values: Values; isCut: boolean; problems: readonly string[] };

/** Of an answer that was cut off, the members that are whole. */
function readFields({ text, finish }: ModelAnswer, profile: AskedProfile): ReadFields {
  const answer = dropThoughts(text).slice(0, MAX_ANSWER_CHARS);
  const read = readJson(answer);
  const isCut = read === null ? finish === 'length' : read.isCut;
  if (!isRecord(read?.value)) return { answer, values: {}, isCut, problems: ['the answer must be one JSON object'] };
  const values = withoutEmpty(read.value, profile.schema);
  return { answer, values, isCut, problems: profile.check(values) };
}

function overflowOf(error: AppError): ContextOverflow | null {
  return error.cause instanceof ContextOverflow ? error.cause : null;
}
