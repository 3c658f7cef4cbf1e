// Owns models behind Ollama's own protocol.
import type { ChatRequest, ChatResponse } from 'ollama';
import { AppError } from '../domain/errors.ts';
import { ContextOverflow, type Model, type ModelAnswer, type ModelRequest } from '../domain/model.ts';
import { type AnswerForm, createAnswerForms, type RefusalWords } from './answerForm.ts';
import { type CheckAdvice, failedCheck, judgeModels } from './modelCheck.ts';
import { createModelChoice } from './modelChoice.ts';
import {
  brokenOff,
  emptyAnswer,
  type ServerNames,
  serverAnswerOf,
  strangeAnswer,
  transportError,
} from './modelErrors.ts';
import { createOllamaFetch } from './ollamaFetch.ts';
import { ollamaUrl } from './ollamaHost.ts';
import { TEMPERATURE } from './sampling.ts';
import { createSight, type Vision } from './sight.ts';

export type OllamaModelOptions = {
  /** As `OLLAMA_HOST`: a URL, `host:port` or a bare host. */
  host: string;
  /** When absent, the first model that the server lists. */
  model?: string | undefined;
  contextTokens: number;
  /** How long the server may be silent; the length of a whole call is the guard's to limit. */
  timeoutMs: number;
  /** Told once which model was taken because none is configured. */
  onModelChosen?: ((model: string) => void) | undefined;
};

/** Fields of the API that the package's types lack. Without them Ollama cuts a long prompt and answers as if nothing were. */
type StrictChatRequest = ChatRequest & { stream: true; truncate: false; shift: false };

const CHECK_ADVICE: CheckAdvice = {
  login:
    'Lector has no login for Ollama. Where a proxy wants a key, set LLM_BASE_URL (to its /v1) and LLM_API_KEY instead.',
  address:
    'Is OLLAMA_HOST the address of an Ollama server, without a path? Servers of other kinds go into LLM_BASE_URL.',
};

/** A model behind Ollama; keeps the contract of `Model`. Answers come as a stream, so that `onProgress` tells of each part. */
export function createOllamaModel(options: OllamaModelOptions): Model {
  const url = ollamaUrl(options.host);
  const names: ServerNames = {
    host: url.host,
    loginAdvice: 'does a proxy before Ollama want a login?',
    modelAdvice: options.model === undefined ? 'check OLLAMA_HOST' : `run: ollama pull ${options.model}`,
  };
  // Thoughts count against num_predict, and a summary needs none.
  let thoughts: { think?: false } = { think: false };

  // One client a call: the package itself cannot be aborted before its first answer.
  async function connect(signal: AbortSignal, streamed: boolean) {
    const { Ollama } = await import('ollama');
    const fetch = createOllamaFetch({ timeoutMs: options.timeoutMs, signal, names, streamed });
    return new Ollama({ host: url.href, fetch });
  }

  async function list(signal: AbortSignal): Promise<string[]> {
    const client = await connect(signal, false);
    const listed = (await client.list()) as { models?: { name: string }[] };
    if (!Array.isArray(listed?.models)) throw strangeAnswer(url.host, 'is no Ollama server', 'is OLLAMA_HOST right?');
    return listed.models.map((model) => model.name);
  }

  const choice = createModelChoice({
    configured: options.model,
    list,
    none: () => new AppError('model_unavailable', `${url.host} has no model (run: ollama pull NAME)`),
    onModelChosen: options.onModelChosen,
  });

  const forms = createAnswerForms(false);
  const sight = createSight({
    async look(signal): Promise<Vision> {
      const model = await choice.settle(signal);
      const client = await connect(signal, false);
      const { capabilities } = (await client.show({ model })) as { capabilities?: string[] };
      // Versions before 0.6.4 tell no capabilities.
      if (!Array.isArray(capabilities)) return 'unknown';
      return capabilities.includes('vision') ? 'yes' : 'no';
    },
  });

  async function ask(request: ModelRequest): Promise<ModelAnswer> {
    const model = await choice.settle(request.signal);
    return forms.ask(request.schema, wordsOf, (form) => askInForm(model, request, form));
  }

  async function askInForm(model: string, request: ModelRequest, form: AnswerForm | null): Promise<ModelAnswer> {
    const ways = () => ({ ...thoughts, ...toFormat(request, form) });
    try {
      return await chat(model, request, ways());
    } catch (thrown) {
      // Some versions refuse even `false` for a model that cannot think (https://github.com/ollama/ollama/pull/12555).
      if (!(thrown instanceof AppError) || !thrown.message.includes('does not support thinking')) throw thrown;
      thoughts = {};
      return chat(model, request, ways());
    }
  }

  async function chat(model: string, request: ModelRequest, ways: Ways): Promise<ModelAnswer> {
    const client = await connect(request.signal, true);
    let text = '';
    for await (const part of await client.chat(toChat(model, request, options.contextTokens, ways))) {
      request.onProgress?.();
      text += part.message?.content ?? '';
      if (part.done) return toAnswer(text, part, url.host, options.contextTokens);
    }
    throw brokenOff(url.host);
  }

  async function complete(request: ModelRequest): Promise<ModelAnswer> {
    try {
      return await ask(request);
    } catch (thrown) {
      request.signal.throwIfAborted();
      choice.forget();
      throw transportError(thrown, url.host);
    }
  }

  return {
    get name() {
      return `${choice.label} (Ollama)`;
    },
    host: url.host,
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
        const listed = await list(signal);
        const pull = `Run: ollama pull ${options.model ?? 'NAME'}`;
        return judgeModels(url.host, listed, fullName(options.model), pull);
      } catch (thrown) {
        return failedCheck(transportError(thrown, url.host), CHECK_ADVICE);
      }
    },
  };
}

/** What differs between versions and requests. */
type Ways = { think?: false; format?: string | object };

function toFormat({ schema }: ModelRequest, form: AnswerForm | null): Ways {
  if (!schema || form === null || form === 'plain') return {};
  return { format: form === 'json' ? 'json' : schema.schema };
}

function wordsOf(thrown: unknown): RefusalWords | null {
  const answer = thrown instanceof AppError ? serverAnswerOf(thrown) : null;
  return answer && { status: answer.status, message: answer.said };
}

function toChat(model: string, request: ModelRequest, contextTokens: number, ways: Ways): StrictChatRequest {
  // Bytes, not base64: a string the package takes for the path of a file, where there is one of that name.
  const images = request.images?.map(({ bytes }) => bytes) ?? [];
  return {
    model,
    messages: [
      { role: 'system', content: request.system },
      { role: 'user', content: request.user, ...(images.length > 0 ? { images } : {}) },
    ],
    stream: true,
    truncate: false,
    shift: false,
    ...ways,
    options: { num_ctx: contextTokens, num_predict: request.maxOutputTokens, temperature: TEMPERATURE },
  };
}

/** Ollama lists `llama3.2` as `llama3.2:latest`. */
function fullName(model: string | undefined): string | undefined {
  return model === undefined || model.includes(':') ? model : `${model}:latest`;
}

function toAnswer(text: string, end: ChatResponse, host: string, contextTokens: number): ModelAnswer {
  const inputTokens = end.prompt_eval_count ?? 0;
  // Older servers do not know `truncate` and cut the prompt in silence (https://github.com/ollama/ollama/issues/3839).
  if (inputTokens >= contextTokens) {
    const message = `${host} cut the prompt to its ${contextTokens} tokens`;
    throw new AppError('model_context_exceeded', message, { cause: new ContextOverflow(message, { contextTokens }) });
  }
  if (text.trim() === '') throw emptyAnswer(host, end.done_reason);
  const finish = end.done_reason === 'stop' || end.done_reason === 'length' ? end.done_reason : 'other';
  return { text, finish, usage: { inputTokens, outputTokens: end.eval_count ?? 0 } };
}
