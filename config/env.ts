// Owns the way from environment variables to the frozen Config: every wrong variable is named at once.
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { z } from 'zod';
import { AppError } from '../src/domain/errors.ts';
import { LATER_VARIABLES, REFUSED_VARIABLES, variableMeta, variables } from './variables.ts';

type Env = Readonly<Record<string, string | undefined>>;
type Name = keyof typeof variables;
type Values = { [N in Name]: z.output<(typeof variables)[N]> };

export type Login = { kind: 'password'; user: string; password: string } | { kind: 'token'; accessToken: string };
export type MatrixConfig = {
  homeserverUrl: string;
  login: Login;
  /** Globs; null: the users of the bot's own homeserver. */
  allowedUsers: readonly string[] | null;
  /** Globs; null: any room that an allowed user invites it to. */
  allowedRooms: readonly string[] | null;
};

export type Config = Readonly<ReturnType<typeof toConfig>>;
/** `later`: variables that are set but have no effect in this version. */
export type ParsedConfig = { config: Config; later: string[] };

const MIB = 1024 * 1024;
const DAY_MS = 86_400_000;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/i;

/**
 * Parses the environment. `needs: 'matrix'` requires a homeserver and a way to log in; `readSecret` reads the file that a
 * NAME_FILE variable points to. Throws AppError `config_invalid`, its message one line for each wrong variable.
 */
export function parseConfig(env: Env, needs: 'matrix' | 'nothing', readSecret: (path: string) => string): ParsedConfig {
  const problems: string[] = [];
  const given = withSecretFiles(env, readSecret, problems);
  const values: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(variables)) {
    const parsed = schema.safeParse(givenValue(given, name, schema));
    if (parsed.success) values[name] = parsed.data;
    else problems.push(`${name} ${parsed.error.issues[0]?.message ?? 'is wrong'}`);
  }
  for (const name of REFUSED_VARIABLES) if (given[name]) problems.push(`${name} is not supported by this version`);
  if (missesOpenAiServer(values as Values, given)) {
    problems.push(
      'LLM_PROVIDER is openai, but neither LLM_BASE_URL (the address of its server) nor LLM_API_KEY is set',
    );
  }
  const { HTTP_HOST, HTTP_PORT, HTTP_TOKEN } = values as Values;
  if (HTTP_PORT && HTTP_HOST && !LOOPBACK.test(HTTP_HOST) && !HTTP_TOKEN) {
    problems.push('HTTP_TOKEN is missing: HTTP_HOST can be reached from other machines (or set HTTP_PORT=0)');
  }
  const matrix = matrixConfig(values as Values, given);
  if (needs === 'matrix') problems.push(...matrix.missing);
  if (problems.length > 0) throw new AppError('config_invalid', problems.join('\n'));
  return {
    config: deepFreeze(toConfig(values as Values, matrix.config)),
    later: LATER_VARIABLES.filter((name) => given[name]),
  };
}

/** Set to nothing counts as not set, but where that has a meaning of its own. */
function givenValue(given: Env, name: string, schema: z.ZodType): string | undefined {
  return variableMeta.get(schema)?.emptyCounts ? given[name] : given[name] || undefined;
}

function withSecretFiles(
  env: Env,
  readSecret: (path: string) => string,
  problems: string[],
): Record<string, string | undefined> {
  const given = { ...env };
  for (const [name, schema] of Object.entries(variables)) {
    const path = env[`${name}_FILE`];
    if (!path || !variableMeta.get(schema as z.ZodType)?.secret) continue;
    try {
      given[name] = readSecret(path).trim();
    } catch (cause) {
      problems.push(`${name}_FILE cannot be read: ${(cause as Error).message}`);
    }
  }
  return given;
}

/** Ollama has a usual address on this machine; of OpenAI's kind there is none, and OpenAI itself wants a key. */
function missesOpenAiServer(values: Values, given: Env): boolean {
  return values.LLM_PROVIDER === 'openai' && !given.LLM_BASE_URL && !given.LLM_API_KEY && !given.LLM_API_KEY_FILE;
}

function matrixConfig(values: Values, given: Env): { config: MatrixConfig | null; missing: string[] } {
  const missing: string[] = [];
  if (!given.MATRIX_HOMESERVER_URL) missing.push('MATRIX_HOMESERVER_URL is missing: the address of your homeserver');
  const token = values.MATRIX_ACCESS_TOKEN;
  if (!token && !values.MATRIX_USER)
    missing.push("MATRIX_USER is missing: the bot's user (or set MATRIX_ACCESS_TOKEN)");
  if (!token && !values.MATRIX_PASSWORD) missing.push('MATRIX_PASSWORD is missing (or set MATRIX_ACCESS_TOKEN)');
  if (missing.length > 0 || !values.MATRIX_HOMESERVER_URL) return { config: null, missing };
  const login: Login = token
    ? { kind: 'token', accessToken: token }
    : { kind: 'password', user: values.MATRIX_USER ?? '', password: values.MATRIX_PASSWORD ?? '' };
  const config = {
    homeserverUrl: values.MATRIX_HOMESERVER_URL,
    login,
    allowedUsers: values.MATRIX_ALLOWED_USERS ?? null,
    allowedRooms: values.MATRIX_ALLOWED_ROOMS ?? null,
  };
  return { config, missing };
}

function toConfig(v: Values, matrix: MatrixConfig | null) {
  return {
    matrix,
    storage: {
      dataDir: v.DATA_DIR,
      compileCacheDir: join(v.DATA_DIR, 'compiled'),
      backfillMs: v.BACKFILL_HOURS * 3_600_000,
      spoolMaxBytes: v.SPOOL_MAX_MB * MIB,
      /** Null: nothing is cached. */
      resultCacheMs: v.RESULT_CACHE_DAYS === null ? null : v.RESULT_CACHE_DAYS * DAY_MS,
      /** Null: names stay for ever. */
      retentionMs: v.RETENTION_DAYS === null ? null : v.RETENTION_DAYS * DAY_MS,
    },
    work: {
      consumers: v.MAX_CONCURRENT_WORKERS,
      queueMaxSize: v.QUEUE_MAX_SIZE,
      queueMonitoring: v.QUEUE_MONITORING,
      /** Null: no limit. */
      memberUploadsPerMinute: v.MEMBER_UPLOADS_PER_MINUTE,
      /** Null: there is no backlog run. */
      backlogCron: v.BACKLOG_CRON,
      shutdownTimeoutMs: v.SHUTDOWN_TIMEOUT_SECONDS * 1000,
      threads: v.WORKER_THREADS ?? Math.min(availableParallelism(), v.MAX_CONCURRENT_WORKERS),
    },
    llm: {
      provider: v.LLM_PROVIDER,
      baseUrl: v.LLM_BASE_URL,
      apiKey: v.LLM_API_KEY,
      ollamaHost: v.OLLAMA_HOST,
      model: v.LLM_MODEL,
      visionModel: v.LLM_VISION_MODEL,
      timeoutMs: v.LLM_TIMEOUT_SECONDS * 1000,
      maxOutputTokens: v.LLM_MAX_OUTPUT_TOKENS,
      contextTokens: v.LLM_CONTEXT_TOKENS,
      fallback: v.LLM_FALLBACK,
      /** Null: no limit. */
      requestsPerMinute: v.LLM_REQUESTS_PER_MINUTE,
      tokensPerMinute: v.LLM_TOKENS_PER_MINUTE,
    },
    /** `port` null: off. */
    http: { host: v.HTTP_HOST, port: v.HTTP_PORT, token: v.HTTP_TOKEN ?? null },
    limits: {
      maxFileBytes: v.MAX_FILE_MB * MIB,
      maxPages: v.MAX_PAGES,
      maxImagePixels: v.MAX_IMAGE_MEGAPIXELS * 1_000_000,
      workerMemoryMb: v.WORKER_MEMORY_MB,
      jobTimeoutMs: v.JOB_TIMEOUT_SECONDS * 1000,
    },
    ocr: { languages: v.OCR_LANGUAGES, dataDir: v.TESSDATA_PREFIX },
    rooms: { mode: v.DEFAULT_MODE, profile: v.DEFAULT_PROFILE, admins: v.MATRIX_ADMINS ?? [] },
    replyLanguage: v.REPLY_LANGUAGE ?? null,
    log: { level: v.LOG_LEVEL, format: v.LOG_FORMAT },
  };
}

function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (part !== null && typeof part === 'object') deepFreeze(part);
  return Object.freeze(value);
}
