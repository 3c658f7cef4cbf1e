// Owns the binding of the model to the summary of one job.
import type { Log } from '../domain/log.ts';
import type { Model } from '../domain/model.ts';
import { summarise } from './summarise.ts';
import type { Summariser } from './thought.ts';

export type SummariserSettings = { llm: { maxOutputTokens: number }; replyLanguage: string | null };

/** The summariser of one job; null where there is no model. Ends with `signal`. */
export function createSummariser(
  model: Model | null,
  settings: SummariserSettings,
  log: Log,
  signal: AbortSignal,
): Summariser | null {
  if (!model) return null;
  return {
    // Settled by the first call where no model is configured.
    get name() {
      return model.name;
    },
    async summarise(reading, onProgress) {
      const { maxOutputTokens } = settings.llm;
      const { replyLanguage } = settings;
      const result = await summarise(reading, {
        model,
        maxOutputTokens,
        replyLanguage,
        signal,
        onProgress: (done, of) => onProgress(Math.min(done + 1, of), of),
      });
      log.info({ model: model.name, calls: result.calls, ...result.usage }, 'model used');
      return result;
    },
  };
}
