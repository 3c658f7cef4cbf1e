// Owns reading from a list of models whether one of them takes pictures.
import { z } from 'zod';
import type { Vision } from './sight.ts';

const entrySchema = z.object({
  id: z.string(),
  /** llama.cpp's server with many models: one that is not loaded has not told all of itself. */
  status: z.object({ value: z.string() }).optional().catch(undefined),
  /** llama.cpp, OpenRouter. */
  architecture: z
    .object({ input_modalities: z.array(z.string()) })
    .optional()
    .catch(undefined),
  /** Mistral. */
  capabilities: z.object({ vision: z.boolean() }).optional().catch(undefined),
});

/** Older servers of llama.cpp say it in a second list, beside that of the protocol. */
const secondListSchema = z
  .array(z.object({ name: z.string(), capabilities: z.array(z.string()) }))
  .optional()
  .catch(undefined);

const listSchema = z.object({ data: z.array(entrySchema), models: secondListSchema });

/** What the body of `GET /models` says of a model; `unknown` where it says nothing, as with OpenAI itself and vLLM. */
export function visionOf(body: unknown, model: string): Vision {
  const parsed = listSchema.safeParse(body);
  if (!parsed.success) return 'unknown';
  const { data, models = [] } = parsed.data;
  // A server of one model takes any name for it.
  const entry = data.find(({ id }) => id === model) ?? (data.length === 1 ? data[0] : undefined);
  if (!entry || (entry.status && entry.status.value !== 'loaded')) return 'unknown';
  if (entry.architecture) return entry.architecture.input_modalities.includes('image') ? 'yes' : 'no';
  if (entry.capabilities) return entry.capabilities.vision ? 'yes' : 'no';
  const second = models.find(({ name }) => name === entry.id);
  if (!second) return 'unknown';
  return second.capabilities.includes('multimodal') ? 'yes' : 'no';
}
