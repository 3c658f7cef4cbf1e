// Owns models behind the OpenAI protocol: OpenAI itself, llama.cpp's server, vLLM, LM Studio and their like.
import { AppError } from '../domain/errors.ts';
import type { Model, ModelAnswer, ModelCheck, ModelRequest } from '../domain/model.ts';
import { createAnswerForms } from './answerForm.ts';
import { type CheckAdvice, failedCheck, judgeModels } from './modelCheck.ts';
import { createModelChoice } from './modelChoice.ts';
import type { ServerNames } from './modelErrors.ts';
import { type ListedModel, readCompletion, readModelList } from './openaiAnswer.ts';
import { loadOpenAiClient, type OpenAiClient } from './openaiClient.ts';
import { COMMON_DIALECT, dialectParameters, nextDialect } from './openaiDialect.ts';
import { formParameters, toMessages } from './openaiRequest.ts';
import { visionOf } from './openaiVision.ts';
import { createSight } from './sight.ts';

const OPENAI_URL = 'https://api.openai.com/v1';
const OPENAI_HOST = 'api.openai.com';

export type OpenAiModelOptions = {
  /** Usually ends in `/v1`; OpenAI itself when absent. */
  baseUrl?: string | undefined;
  apiKey?: string | undefined;
  /** When absent, the first model that the server lists; OpenAI itself needs one. */
  model?: string | undefined;
  /** How the operator's setting of `model` is called. */
  modelVariable?: 'LLM_MODEL' | 'LLM_VISION_MODEL' | undefined;
  contextTokens: number;
  timeoutMs: number;
  /** Told once which model was taken because none is configured. */
  onModelChosen?: ((model: string) => void) | undefined;
};

/** A model behind any OpenAI-compatible server; keeps the contract of `Model`. Begins to load the SDK. */
export function createOpenAiModel(options: OpenAiModelOptions): Model {
  const baseUrl = options.baseUrl ?? OPENAI_URL;
  const names = namesOf(new URL(baseUrl).host, options.modelVariable ?? 'LLM_MODEL');
  let loading: Promise<OpenAiClient> | undefined;
  let dialect = COMMON_DIALECT;

  const connect = () => {
    loading ??= loadOpenAiClient({ ...options, baseUrl }, names);
    return loading;
  };
  // Loading holds the main thread for 0.1 s, which the first document would wait for. Whoever calls hears of a failure.
  connect().catch(() => undefined);

  async function getModels(signal: AbortSignal): Promise<unknown> {
    const { client } = await connect();
    return client.get('/models', { signal });
  }

  async function list(signal: AbortSignal): Promise<ListedModel[]> {
    return readModelList(await getModels(signal), names);
  }

  const choice = createModelChoice({
    configured: options.model,
    list: async (signal) => {
      if (names.host === OPENAI_HOST) throw new AppError('model_unavailable', `${OPENAI_HOST} needs LLM_MODEL`);
      return (await list(signal)).map((model) => model.id);
    },
    none: () => new AppError('model_unavailable', `${names.host} lists no model (${names.modelAdvice})`),
    onModelChosen: options.onModelChosen,
  });

  const forms = createAnswerForms(true);
  const sight = createSight({
    async look(signal) {
      // OpenAI's own list says nothing of pictures.
      if (names.host === OPENAI_HOST) return 'unknown';
      return visionOf(await getModels(signal), await choice.settle(signal));
    },
  });

  async function ask(request: ModelRequest): Promise<unknown> {
    const { refusal } = await connect();
    const model = await choice.settle(request.signal);
    const messages = toMessages(request);
    return forms.ask(request.schema, refusal, (form) =>
      post({ model, messages, ...formParameters(request.schema, form) }, request),
    );
  }

  async function post(common: object, request: ModelRequest): Promise<unknown> {
    const { client, refusal } = await connect();
    // Ends: each turn gives up one parameter, and there are two. Calls may run side by side, so each walks on its own.
    for (let spoken = dialect; ; dialect = spoken) {
      const body = { ...common, ...dialectParameters(spoken, request.maxOutputTokens) };
      try {
        return await client.post('/chat/completions', { body, signal: request.signal });
      } catch (thrown) {
        const next = nextDialect(spoken, refusal(thrown));
        if (next === null) throw thrown;
        spoken = next;
      }
    }
  }

  async function complete(request: ModelRequest): Promise<ModelAnswer> {
    try {
      return readCompletion(await ask(request), names);
    } catch (thrown) {
      request.signal.throwIfAborted();
      choice.forget();
      throw (await connect()).toAppError(thrown);
    }
  }

  return {
    get name() {
      return `${choice.label} (${names.host === OPENAI_HOST ? 'OpenAI' : names.host})`;
    },
    host: names.host,
    get vision() {
      return sight.vision;
    },
    contextTokens: options.contextTokens,

    async complete(request) {
      request.signal.throwIfAborted();
      return sight.through(request, () => complete(request));
    },

    async check(signal) {
      try {
        return judge(await list(signal), names.host, options.model);
      } catch (thrown) {
        return failedCheck((await connect()).toAppError(thrown), checkAdvice(options.apiKey));
      }
    },
  };
}

function namesOf(host: string, modelVariable: string): ServerNames {
  return {
    host,
    loginAdvice: 'check LLM_API_KEY',
    modelAdvice: `check ${modelVariable}, and that LLM_BASE_URL ends in /v1 where the server wants it`,
  };
}

function checkAdvice(apiKey: string | undefined): CheckAdvice {
  return {
    login: apiKey === undefined ? 'It wants a key: set LLM_API_KEY.' : 'Set LLM_API_KEY to a key that it takes.',
    address: 'Is LLM_BASE_URL the address of its API? For most servers it ends in /v1.',
  };
}

function judge(listed: ListedModel[], host: string, configured: string | undefined): ModelCheck {
  if (configured === undefined && host === OPENAI_HOST) {
    const advice = 'Set LLM_MODEL to the model that Lector may use.';
    return { ok: false, detail: `${host} answers, but LLM_MODEL is not set`, advice };
  }
  // llama.cpp's server has one model and takes any name for it.
  const [only] = listed;
  if (configured !== undefined && listed.length === 1 && only?.owned_by === 'llamacpp') {
    return { ok: true, detail: `${host} answers and has ${only.id} (llama.cpp takes any LLM_MODEL)` };
  }
  const ids = listed.map((model) => model.id);
  return judgeModels(host, ids, configured, 'Set LLM_MODEL to a model that the server has.');
}
