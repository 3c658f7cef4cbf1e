// Owns the OpenAI SDK: loading it, setting it up without the environment, and reading its errors.
import type { OpenAI } from 'openai';
import { AppError } from '../domain/errors.ts';
import { createBoundedFetch } from './boundedFetch.ts';
import { type ServerNames, statusError, transportError } from './modelErrors.ts';
import { withReadableErrors } from './openaiErrorBody.ts';
import { parseRetryAfter } from './retryAfter.ts';

type Sdk = typeof import('openai');

export type OpenAiClientOptions = { baseUrl: string; apiKey?: string | undefined; timeoutMs: number };

export type OpenAiClient = {
  client: OpenAI;
  /** What a server refused, with its status; null for errors of another kind. */
  refusal(thrown: unknown): { status: number; message: string } | null;
  toAppError(thrown: unknown): AppError;
};

/** Loads the SDK (35 MB on disk, so only when a model is called) and makes a client of it, without its own retries. */
export async function loadOpenAiClient(options: OpenAiClientOptions, names: ServerNames): Promise<OpenAiClient> {
  const sdk = await import('openai');
  return {
    client: createClient(sdk, options),
    refusal: (thrown) =>
      thrown instanceof sdk.APIError && thrown.status !== undefined
        ? { status: thrown.status, message: thrown.message }
        : null,
    toAppError: (thrown) => toAppError(thrown, sdk, names, options),
  };
}

/** Everything that the SDK would read from the environment is given, so that only Lector's variables count. */
function createClient(sdk: Sdk, options: OpenAiClientOptions): OpenAI {
  return new sdk.OpenAI({
    baseURL: options.baseUrl,
    // The SDK refuses to start without a key; the null header keeps this one from being sent.
    apiKey: options.apiKey ?? 'none',
    ...(options.apiKey === undefined ? { defaultHeaders: { Authorization: null } } : {}),
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    maxRetries: 0,
    timeout: options.timeoutMs,
    fetch: withReadableErrors(createBoundedFetch(options.timeoutMs)),
    logLevel: 'off',
  });
}

function toAppError(thrown: unknown, sdk: Sdk, names: ServerNames, options: OpenAiClientOptions): AppError {
  if (thrown instanceof sdk.APIConnectionTimeoutError) {
    return new AppError('model_unavailable', `${names.host} gave no answer within ${options.timeoutMs / 1000} s`);
  }
  if (!(thrown instanceof sdk.APIError) || thrown.status === undefined) return transportError(thrown, names.host);
  const body = thrown.error as { message?: unknown } | undefined;
  const message = typeof body?.message === 'string' ? body.message : thrown.message.replace(/^\d+ /, '');
  return statusError(
    {
      status: thrown.status,
      // Some servers repeat the key that they refuse.
      message: options.apiKey ? message.replaceAll(options.apiKey, '[key]') : message,
      code: thrown.code,
      type: thrown.type,
      body,
      retryAfterMs: parseRetryAfter(thrown.headers ?? new Headers(), Date.now()),
    },
    names,
  );
}
