// Owns choosing the model that the operator's settings mean.
import type { Log } from '../domain/log.ts';
import type { Meter } from '../domain/meter.ts';
import type { Model } from '../domain/model.ts';
import { Gate } from './gate.ts';
import { createGuardedModel } from './guard.ts';
import { createOllamaModel } from './ollama.ts';
import { DEFAULT_OLLAMA_URL } from './ollamaHost.ts';
import { createOpenAiModel } from './openai.ts';
import type { LlmSettings } from './settings.ts';
import { createSightedModel } from './sightedModel.ts';

/** What the parts round a model want of it; all may be absent. */
export type ModelWiring = {
  meter?: Meter | undefined;
  /** Calls of the server at a time. */
  maxConcurrent?: number | undefined;
  /** The model gave an answer after it had failed, or its server had gone and is there again. Must not throw. */
  onBack?: (() => void) | undefined;
};

const LOOK_TIMEOUT_MS = 5_000;

/** The guarded model of the settings; null when there is none, and summaries are extractive. Calls no server. */
export function createModel(settings: LlmSettings, log: Log, wiring: ModelWiring = {}): Model | null {
  const { model, visionModel, timeoutMs, requestsPerMinute, tokensPerMinute } = settings;
  const writer = createBareModel(settings, log);
  if (!writer) return null;
  const { meter, maxConcurrent, onBack } = wiring;
  const limits = { maxConcurrent, requestsPerMinute, tokensPerMinute };
  const isThere = async () => (await writer.check(AbortSignal.timeout(LOOK_TIMEOUT_MS))).ok;
  const gate = new Gate({ host: writer.host, log, ...limits, isThere, onBack });
  const guard = (bare: Model) => createGuardedModel(bare, { timeoutMs, log, meter, gate });
  if (visionModel === undefined || visionModel === model) return guard(writer);
  const seer = createBareModel({ ...settings, model: visionModel }, log, 'LLM_VISION_MODEL');
  return seer && createSightedModel(guard(writer), guard(seer));
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
