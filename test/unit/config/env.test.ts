// What operators can rely on: every wrong variable is named at once, empty means unset, secrets may come from files.
import { availableParallelism } from 'node:os';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../../config/env.ts';
import { REFUSED_VARIABLES, variables } from '../../../config/variables.ts';
import type { AppError } from '../../../src/domain/errors.ts';

type Env = Record<string, string | undefined>;
const MATRIX = { MATRIX_HOMESERVER_URL: 'https://matrix.here', MATRIX_USER: 'lector', MATRIX_PASSWORD: 'pw' };
const noFiles = (path: string): string => {
  throw new Error(`ENOENT: no such file, open '${path}'`);
};
const parse = (env: Env, files: Record<string, string> = {}) =>
  parseConfig(env, 'nothing', (path) => files[path] ?? noFiles(path)).config;
const problems = (env: Env, needs: 'matrix' | 'nothing' = 'nothing'): string[] => {
  try {
    parseConfig(env, needs, noFiles);
    return [];
  } catch (error) {
    expect(error).toMatchObject({ code: 'config_invalid' });
    return (error as AppError).message.split('\n');
  }
};

describe('without any variable', () => {
  test('everything has the default that is documented', () => {
    expect(parse({})).toMatchObject({
      matrix: null,
      storage: { dataDir: './data', backfillMs: 0, spoolMaxBytes: 1024 * 1024 * 1024 },
      work: {
        consumers: 3,
        queueMaxSize: 100,
        queueMonitoring: false,
        shutdownTimeoutMs: 60_000,
        threads: Math.min(availableParallelism(), 3),
      },
      llm: {
        provider: 'auto',
        baseUrl: undefined,
        apiKey: undefined,
        ollamaHost: undefined,
        model: undefined,
        timeoutMs: 120_000,
        maxOutputTokens: 1024,
        contextTokens: 8192,
        fallback: true,
      },
      limits: {
        maxFileBytes: 50 * 1024 * 1024,
        maxPages: 500,
        maxImagePixels: 50_000_000,
        workerMemoryMb: 256,
        jobTimeoutMs: 300_000,
      },
      ocr: { languages: ['eng'], dataDir: undefined },
      rooms: { mode: 'auto', profile: 'default', admins: [] },
      replyLanguage: null,
      log: { level: 'info', format: 'auto' },
    });
  });

  test('reading of pictures is on in English; an empty OCR_LANGUAGES turns it off', () => {
    expect(parse({ OCR_LANGUAGES: 'deu, eng' }).ocr.languages).toEqual(['deu', 'eng']);
    expect(parse({ OCR_LANGUAGES: '' }).ocr.languages).toEqual([]);
    expect(problems({ OCR_LANGUAGES: '../etc' })).toEqual([
      "OCR_LANGUAGES must be Tesseract's names of languages, such as deu,eng",
    ]);
  });

  test('what needs a homeserver names all that is missing', () => {
    expect(problems({}, 'matrix')).toEqual([
      'MATRIX_HOMESERVER_URL is missing: the address of your homeserver',
      "MATRIX_USER is missing: the bot's user (or set MATRIX_ACCESS_TOKEN)",
      'MATRIX_PASSWORD is missing (or set MATRIX_ACCESS_TOKEN)',
    ]);
  });

  test('the config cannot be changed afterwards, at any depth', () => {
    const config = parse({ ...MATRIX, MATRIX_ALLOWED_USERS: '@*:here' });
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.values(config).filter((part) => part instanceof Object && !Object.isFrozen(part))).toEqual([]);
    expect(Object.isFrozen(config.matrix?.login)).toBe(true);
    expect(Object.isFrozen(config.matrix?.allowedUsers)).toBe(true);
  });
});

describe('values', () => {
  test('come in with their units', () => {
    const config = parse({
      BACKFILL_HOURS: '2',
      SPOOL_MAX_MB: '3',
      SHUTDOWN_TIMEOUT_SECONDS: '4',
      LLM_TIMEOUT_SECONDS: '5',
      MAX_FILE_MB: '6',
      MAX_IMAGE_MEGAPIXELS: '7',
      JOB_TIMEOUT_SECONDS: '8',
      WORKER_THREADS: '9',
      REPLY_LANGUAGE: 'DE',
      LLM_PROVIDER: 'Ollama',
      LLM_BASE_URL: 'http://gpu:8080/v1/',
    });
    expect(config.storage).toMatchObject({ backfillMs: 7_200_000, spoolMaxBytes: 3 * 1024 * 1024 });
    expect(config.work).toMatchObject({ shutdownTimeoutMs: 4_000, threads: 9 });
    expect(config.llm).toMatchObject({ timeoutMs: 5_000, provider: 'ollama', baseUrl: 'http://gpu:8080/v1' });
    expect(config.limits).toMatchObject({ maxFileBytes: 6 * 1024 * 1024, maxImagePixels: 7e6, jobTimeoutMs: 8_000 });
    expect(config.replyLanguage).toBe('de');
  });

  test.each([
    ['true', true],
    ['TRUE', true],
    ['1', true],
    ['yes', true],
    ['false', false],
    ['0', false],
    ['No', false],
  ])('%s switches %s', (value, expected) => {
    expect(parse({ LLM_FALLBACK: value, QUEUE_MONITORING: value })).toMatchObject({
      llm: { fallback: expected },
      work: { queueMonitoring: expected },
    });
  });

  test('that are empty count as not set, but for those that are then off', () => {
    const off = ['OCR_LANGUAGES', 'BACKLOG_CRON', 'HTTP_PORT'];
    const empty = Object.keys(variables).filter((name) => !off.includes(name));
    expect(parse({ ...Object.fromEntries(empty.map((name) => [name, ''])), REDIS_URL: '' })).toEqual(parse({}));

    const { ocr, work, http } = parse(Object.fromEntries(off.map((name) => [name, ''])));
    expect({ ocr, cron: work.backlogCron, port: http.port }).toMatchObject({
      ocr: { languages: [] },
      cron: null,
      port: null,
    });
  });

  test('0 and off mean that there is no limit', () => {
    const names = ['MEMBER_UPLOADS_PER_MINUTE', 'LLM_REQUESTS_PER_MINUTE', 'LLM_TOKENS_PER_MINUTE', 'RETENTION_DAYS'];
    for (const value of ['0', 'off', 'OFF']) {
      const { work, llm, storage } = parse(Object.fromEntries(names.map((name) => [name, value])));
      const limits = [work.memberUploadsPerMinute, llm.requestsPerMinute, llm.tokensPerMinute, storage.retentionMs];
      expect(limits).toEqual([null, null, null, null]);
    }
    expect(parse({ HTTP_PORT: '0' }).http.port).toBeNull();
    expect(parse({ RESULT_CACHE_DAYS: '2' }).storage.resultCacheMs).toBe(2 * 86_400_000);
  });

  test('a schedule is one that cron knows', () => {
    expect(parse({ BACKLOG_CRON: '30 3 * * 1-5' }).work.backlogCron).toBe('30 3 * * 1-5');
    expect(() => parse({ BACKLOG_CRON: 'at night' })).toThrow('BACKLOG_CRON must be a schedule as of cron');
  });

  test('health on an address that others reach wants a token', () => {
    expect(() => parse({ HTTP_HOST: '0.0.0.0' })).toThrow('HTTP_TOKEN is missing');
    expect(parse({ HTTP_HOST: '0.0.0.0', HTTP_TOKEN: 'of the monitor' }).http.token).toBe('of the monitor');
    expect(parse({ HTTP_HOST: '0.0.0.0', HTTP_PORT: '0' }).http.port).toBeNull();
    for (const HTTP_HOST of ['localhost', '127.0.0.2', '::1']) expect(parse({ HTTP_HOST }).http.token).toBeNull();
  });

  test('of lists are separated by commas', () => {
    const { matrix } = parse({
      ...MATRIX,
      MATRIX_ALLOWED_USERS: ' @*:here, ,@anna:there ',
      MATRIX_ALLOWED_ROOMS: '!a:here',
    });
    expect(matrix).toMatchObject({ allowedUsers: ['@*:here', '@anna:there'], allowedRooms: ['!a:here'] });
    expect(parse(MATRIX).matrix).toMatchObject({ allowedUsers: null, allowedRooms: null });
  });
});

describe('wrong values', () => {
  test('are all named at once, one a line', () => {
    const wrong = {
      MATRIX_HOMESERVER_URL: 'matrix.here',
      MAX_CONCURRENT_WORKERS: '0',
      QUEUE_MONITORING: 'maybe',
      LLM_PROVIDER: 'chatgpt',
      REPLY_LANGUAGE: 'english',
      WORKER_THREADS: 'all',
      REDIS_URL: 'redis://here',
    };
    expect(problems(wrong)).toEqual([
      'MATRIX_HOMESERVER_URL must be an address that begins with http:// or https://',
      'MAX_CONCURRENT_WORKERS must be a whole number from 1 to 64',
      'QUEUE_MONITORING must be true or false',
      'WORKER_THREADS must be a whole number from 1 to 64',
      'LLM_PROVIDER must be one of auto, openai, ollama, none',
      'REPLY_LANGUAGE must be a language code such as en or de',
      'REDIS_URL is not supported by this version',
    ]);
  });

  test.each(['-1', '1.5', '1e3', ' 5', '5 ', '0x10', 'NaN', '１０'])('%o is no whole number', (value) => {
    expect(problems({ MAX_PAGES: value })).toEqual(['MAX_PAGES must be a whole number from 1 to 100000']);
  });

  test.each(['ftp://here', 'http://', 'http:// here', 'here:8080', 'http://[::1'])('%o is no address', (value) => {
    expect(problems({ LLM_BASE_URL: value })).toHaveLength(1);
  });

  test.each(REFUSED_VARIABLES)('%s would promise what this version cannot keep', (name) => {
    expect(problems({ [name]: 'x' })).toEqual([`${name} is not supported by this version`]);
  });

  test('never show a secret', () => {
    const shown = problems({ MATRIX_HOMESERVER_URL: 'nonsense', MATRIX_PASSWORD: 's3cret', MAX_PAGES: 'x' }, 'matrix');
    expect(shown.join()).not.toContain('s3cret');
  });
});

describe('the language model', () => {
  const MISSING = 'LLM_PROVIDER is openai, but neither LLM_BASE_URL (the address of its server) nor LLM_API_KEY is set';

  test('of the kind openai needs a server or a key, and that is said with all else that is wrong', () => {
    expect(problems({ LLM_PROVIDER: 'openai', MAX_PAGES: '0' })).toEqual([
      'MAX_PAGES must be a whole number from 1 to 100000',
      MISSING,
    ]);
    expect(problems({ LLM_PROVIDER: 'OpenAI', LLM_BASE_URL: '', LLM_API_KEY: '' })).toEqual([MISSING]);
  });

  test.each<[string, Env]>([
    ['a server', { LLM_BASE_URL: 'http://gpu:8080/v1' }],
    ['a key', { LLM_API_KEY: 'sk-1' }],
  ])('of the kind openai is content with %s', (_what, env) => {
    expect(problems({ LLM_PROVIDER: 'openai', ...env })).toEqual([]);
  });

  test('whose address or key is wrong is not said to be missing', () => {
    expect(problems({ LLM_PROVIDER: 'openai', LLM_BASE_URL: 'gpu:8080' })).toEqual([
      'LLM_BASE_URL must be an address that begins with http:// or https://',
    ]);
    expect(problems({ LLM_PROVIDER: 'openai', LLM_API_KEY_FILE: '/run/none' })).toEqual([
      "LLM_API_KEY_FILE cannot be read: ENOENT: no such file, open '/run/none'",
    ]);
  });

  test('of Ollama is looked for on this machine when no host is named', () => {
    expect(problems({ LLM_PROVIDER: 'ollama' })).toEqual([]);
  });
});

describe('the login', () => {
  test('is by password', () => {
    expect(parse(MATRIX).matrix).toMatchObject({
      homeserverUrl: 'https://matrix.here',
      login: { kind: 'password', user: 'lector', password: 'pw' },
    });
  });

  test('is by token where there is one, and needs neither user nor password', () => {
    const env = { MATRIX_HOMESERVER_URL: 'https://matrix.here/', MATRIX_ACCESS_TOKEN: 'syt_x' };
    expect(problems(env, 'matrix')).toEqual([]);
    expect(parse(env).matrix).toMatchObject({
      homeserverUrl: 'https://matrix.here',
      login: { kind: 'token', accessToken: 'syt_x' },
    });
    expect(parse({ ...MATRIX, ...env }).matrix?.login.kind).toBe('token');
  });

  test.each(['MATRIX_HOMESERVER_URL', 'MATRIX_USER', 'MATRIX_PASSWORD'])('misses %s by its name', (name) => {
    expect(problems({ ...MATRIX, [name]: undefined }, 'matrix')).toEqual([
      expect.stringMatching(new RegExp(`^${name} is missing`)),
    ]);
  });

  test('that is half set is no problem for commands without a homeserver', () => {
    expect(parse({ MATRIX_USER: 'lector' }).matrix).toBeNull();
  });
});

describe('secrets in files', () => {
  test('are read without the line break at their end', () => {
    const env = { MATRIX_HOMESERVER_URL: 'https://matrix.here', MATRIX_USER: 'lector' };
    const config = parse(
      { ...env, MATRIX_PASSWORD_FILE: '/run/pw', LLM_API_KEY_FILE: '/run/key' },
      { '/run/pw': 'p w\n', '/run/key': 'sk-1\r\n' },
    );
    expect(config.matrix?.login).toMatchObject({ password: 'p w' });
    expect(config.llm.apiKey).toBe('sk-1');
  });

  test('that cannot be read are named with their path', () => {
    const reason = "ENOENT: no such file, open '/run/none'";
    expect(problems({ LLM_API_KEY_FILE: '/run/none' })).toEqual([`LLM_API_KEY_FILE cannot be read: ${reason}`]);
  });

  test('are for secrets only, and an empty name is no file', () => {
    expect(problems({ LLM_MODEL_FILE: '/run/none', LLM_API_KEY_FILE: '' })).toEqual([]);
  });
});

describe('variables of later versions', () => {
  test('are told when they are set, and change nothing', () => {
    const env = { MATRIX_OPS_ROOM: '!ops:here', STORE_PASSPHRASE: 'long', DEFAULT_MODE: '' };
    const { config, later } = parseConfig(env, 'nothing', noFiles);
    expect(later.sort()).toEqual(['MATRIX_OPS_ROOM', 'STORE_PASSPHRASE']);
    expect(config).toEqual(parse({}));
  });
});
