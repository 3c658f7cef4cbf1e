// Owns reading the answers of an OpenAI-compatible server, which may be anything.
import { z } from 'zod';
import { AppError } from '../domain/errors.ts';
import type { ModelAnswer } from '../domain/model.ts';
import { emptyAnswer, type ServerNames, shorten, statusError, strangeAnswer } from './modelErrors.ts';

const completionSchema = z.object({
  choices: z
    .array(
      z.object({
        message: z.object({ content: z.string().nullish(), refusal: z.string().nullish() }),
        finish_reason: z.string().nullish(),
      }),
    )
    .min(1),
  usage: z.object({ prompt_tokens: z.number(), completion_tokens: z.number() }).nullish(),
});

const modelListSchema = z.object({ data: z.array(z.object({ id: z.string(), owned_by: z.string().nullish() })) });
export type ListedModel = z.infer<typeof modelListSchema>['data'][number];

/** Routers such as OpenRouter put the failure of the server behind them into a 200. */
const failureInsideSchema = z.object({ error: z.object({ message: z.string(), code: z.unknown() }) });

/**
 * The answer in a completion's parsed body. Usage that is not told counts 0.
 * Throws AppError: `model_unavailable` for what is no completion, `model_failed` for an empty one.
 */
export function readCompletion(body: unknown, names: ServerNames): ModelAnswer {
  const parsed = completionSchema.safeParse(body);
  if (!parsed.success) throw unreadable(body, 'completion', names);
  const [choice] = parsed.data.choices;
  const text = choice?.message.content ?? '';
  const finish = choice?.finish_reason;
  if (text.trim() === '') {
    const refusal = choice?.message.refusal;
    if (refusal) throw new AppError('model_failed', `the model at ${names.host} refused: ${shorten(refusal)}`);
    throw emptyAnswer(names.host, finish);
  }
  return {
    text,
    finish: finish === 'stop' || finish === 'length' ? finish : 'other',
    usage: {
      inputTokens: parsed.data.usage?.prompt_tokens ?? 0,
      outputTokens: parsed.data.usage?.completion_tokens ?? 0,
    },
  };
}

/** The models of `GET /models`; throws AppError `model_unavailable` when the body is no list. */
export function readModelList(body: unknown, names: ServerNames): ListedModel[] {
  const parsed = modelListSchema.safeParse(body);
  if (!parsed.success) throw unreadable(body, 'list of models', names);
  return parsed.data.data;
}

function unreadable(body: unknown, wanted: string, names: ServerNames): AppError {
  const inside = failureInsideSchema.safeParse(body);
  if (inside.success) {
    const { message, code } = inside.data.error;
    return statusError({ status: typeof code === 'number' ? code : 502, message, code, body }, names);
  }
  const shown = body === undefined || body === '' ? 'an empty answer' : `no ${wanted}: ${describeBody(body)}`;
  return strangeAnswer(names.host, `sent ${shown}`, 'is LLM_BASE_URL right?');
}

function describeBody(body: unknown): string {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return shorten(text.slice(0, 200));
}
