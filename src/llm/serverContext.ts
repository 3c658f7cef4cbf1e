// Owns the question how many tokens a server holds for one call, for `doctor`; calls learn it from refusals.
import { z } from 'zod';
import { createBoundedFetch } from './boundedFetch.ts';
import { chooseProvider } from './createModel.ts';
import { firstWriter } from './modelChoice.ts';
import type { LlmSettings } from './settings.ts';

/** A strange value counts as not told. */
const tokens = z.number().positive().optional().catch(undefined);

/**
 * An entry of `GET /models` with what some servers add: llama.cpp's (`meta`: for one call, and what the model was trained for),
 * vLLM (`max_model_len`), OpenRouter and others (`context_length`).
 */
const entrySchema = z.object({
  id: z.string(),
  owned_by: z.string().nullish(),
  max_model_len: tokens,
  context_length: tokens,
  meta: z.object({ n_ctx: tokens, n_ctx_train: tokens }).optional().catch(undefined),
});
type Entry = z.infer<typeof entrySchema>;
const listSchema = z.object({ data: z.array(entrySchema) });

/** `GET /props` of llama.cpp's server, whose older versions tell only the training's context in the list. */
const propsSchema = z.object({ default_generation_settings: z.object({ n_ctx: z.number().positive() }) });

/**
 * The tokens of prompt and answer together that an OpenAI-compatible server holds for the model in use; null when it does not
 * tell, does not answer, or is of another kind (Ollama takes what each call wants). Never throws.
 */
export async function readServerContext(settings: LlmSettings, signal: AbortSignal): Promise<number | null> {
  const { baseUrl, model } = settings;
  // OpenAI itself does not tell.
  if (chooseProvider(settings) !== 'openai' || baseUrl === undefined) return null;
  const get = createGet(settings, signal);
  const listed = listSchema.safeParse(await get(`${baseUrl}/models`)).data?.data ?? [];
  const used = listed.length === 1 ? listed[0] : listed.find(({ id }) => id === (model ?? firstOf(listed)));
  if (!used) return null;
  const isOfLlamaCpp = used.owned_by === 'llamacpp' && used.meta?.n_ctx === undefined;
  const props = isOfLlamaCpp ? await get(`${baseUrl.replace(/\/v1$/, '')}/props`) : undefined;
  const fromProps = propsSchema.safeParse(props).data?.default_generation_settings.n_ctx;
  return leastOf([fromProps, used.meta?.n_ctx, used.max_model_len, used.context_length, used.meta?.n_ctx_train]);
}

function firstOf(listed: Entry[]): string | null {
  return firstWriter(listed.map(({ id }) => id));
}

/** A model trained for more than the server holds is cut to the server's size, and the other way round. */
function leastOf(told: (number | undefined)[]): number | null {
  const known = told.filter((number) => number !== undefined);
  return known.length === 0 ? null : Math.min(...known);
}

/** JSON of an address; undefined for whatever goes wrong, which is the model check's to tell. */
function createGet({ apiKey, timeoutMs }: LlmSettings, signal: AbortSignal): (url: string) => Promise<unknown> {
  const boundedFetch = createBoundedFetch(timeoutMs);
  const headers: Record<string, string> = apiKey === undefined ? {} : { Authorization: `Bearer ${apiKey}` };
  return async (url) => {
    try {
      const response = await boundedFetch(url, { headers, signal });
      return response.ok ? await response.json() : undefined;
    } catch {
      return undefined;
    }
  };
}
