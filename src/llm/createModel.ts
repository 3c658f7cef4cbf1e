// Owns choosing the model that the operator's settings mean.
import type { Log } from '../domain/log.ts';
import type { Model } from '../domain/model.ts';
import { createGuardedModel } from './guard.ts';
import { createOllamaModel } from './ollama.ts';
import { DEFAULT_OLLAMA_URL } from './ollamaHost.ts';
import { createOpenAiModel } from './openai.ts';
import type { LlmSettings } from './settings.ts';
import { createSightedModel } from './sightedModel.ts';

/** The guarded model of the settings; null when there is none, and summaries are extractive. Calls no server. */
export function createModel(settings: LlmSettings, log: Log): Model | null {
  const { model, visionModel } = settings;
  const writer = createOneModel(settings, log);
  if (!writer || visionModel === undefined || visionModel === model) return writer;
  const seer = createOneModel({ ...settings, model: visionModel }, log, 'LLM_VISION_MODEL');
  return seer && createSightedModel(writer, seer);
}

function createOneModel(settings: LlmSettings, log: Log, modelVariable?: 'LLM_VISION_MODEL'): Model | null {
  const { timeoutMs } = settings;
  const bare = createBareModel(settings, log, modelVariable);
  return bare && createGuardedModel(bare, { timeoutMs, log });
}

function createBareModel(settings: LlmSettings, log: Log, modelVariable?: 'LLM_VISION_MODEL'): Model | null {
  const { baseUrl, apiKey, model, contextTokens, timeoutMs } = settings;
  const onModelChosen = (chosen: string) => {
    log.info({ model: chosen }, 'LLM_MODEL is not set: using the first model that the server lists');
  };
  switch (chooseProvider(settings)) {
    case 'openai':
      return createOpenAiModel({ baseUrl, apiKey, model, modelVariable, contextTokens, timeoutMs, onModelChosen });
    case 'ollama': {
      const host = settings.ollamaHost ?? DEFAULT_OLLAMA_URL;
      return createOllamaModel({ host, model, contextTokens, timeoutMs, onModelChosen });
    }
    case 'none':
      return null;
  }
}

/** What `auto` means for these settings. */
export function chooseProvider({ provider, apiKey, baseUrl, ollamaHost }: LlmSettings): 'openai' | 'ollama' | 'none' {
  if (provider !== 'auto') return provider;
  if (apiKey !== undefined || baseUrl !== undefined) return 'openai';
  return ollamaHost === undefined ? 'none' : 'ollama';
}
