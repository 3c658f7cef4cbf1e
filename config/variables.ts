// Owns the schema of every environment variable: its meaning, unit, default and whether it is a secret.
import { Cron } from 'croner';
import { z } from 'zod';
import { ROOM_MODES } from '../src/domain/room.ts';

type Meta = { section: string; about: string; shown?: string; secret?: boolean; emptyCounts?: boolean };
const shownAs = (section: string) => (about: string, shown?: string, secret?: boolean) =>
  ({ section, about, ...(shown && { shown }), ...(secret && { secret }) }) satisfies Meta;

/** What .env.example and the README say of a variable; zod keeps it beside the schema. */
export const variableMeta = z.registry<Meta>();

const whole = (least: number, most: number, fallback: number) =>
  z
    .string()
    .default(String(fallback))
    .refine((text) => /^\d+$/.test(text) && Number(text) >= least && Number(text) <= most, {
      error: `must be a whole number from ${least} to ${most}`,
    })
    .transform(Number);

/** Null: off. */
const wholeOrOff = (most: number, fallback: number | 'off') =>
  z
    .string()
    .toLowerCase()
    .default(String(fallback))
    .refine((text) => text === 'off' || (/^\d+$/.test(text) && Number(text) <= most), {
      error: `must be off or a whole number up to ${most}`,
    })
    .transform((text) => (text === 'off' || Number(text) === 0 ? null : Number(text)));

const flag = (fallback: boolean) =>
  z
    .string()
    .toLowerCase()
    .default(String(fallback))
    .refine((text) => ['true', 'false', '1', '0', 'yes', 'no'].includes(text), { error: 'must be true or false' })
    .transform((text) => ['true', '1', 'yes'].includes(text));

const oneOf = <const T extends readonly [string, ...string[]]>(names: T, fallback: T[number]) =>
  z
    .string()
    .toLowerCase()
    .default(fallback)
    .pipe(z.enum(names, { error: `must be one of ${names.join(', ')}` }));

const url = () =>
  z
    .string()
    .refine((text) => /^https?:\/\/[^\s/]+/.test(text) && URL.canParse(text), {
      error: 'must be an address that begins with http:// or https://',
    })
    .transform((text) => text.replace(/\/+$/, ''))
    .optional();

const globs = () =>
  z
    .string()
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    )
    .optional();

const text = () => z.string().optional();

function isCron(text: string): boolean {
  try {
    return new Cron(text, { paused: true }).nextRun() !== null;
  } catch {
    // croner throws for a pattern that is none.
    return false;
  }
}

/** Null: off. */
const schedule = (fallback: string) =>
  z
    .string()
    .trim()
    .default(fallback)
    .refine((text) => text === '' || isCron(text), { error: 'must be a schedule as of cron, such as 0 2 * * *' })
    .transform((text) => (text === '' ? null : text));
const language = z
  .string()
  .toLowerCase()
  .regex(/^[a-z]{2,3}$/, { error: 'must be a language code such as en or de' })
  .optional();

/** Tesseract's own names: three letters, perhaps with a script, as in `chi_sim`. */
const ocrLanguages = z
  .string()
  .default('eng')
  .transform((text) => text.split(/[,+\s]+/).filter((part) => part !== ''))
  .refine((names) => names.every((name) => /^[a-zA-Z_]{3,20}$/.test(name)), {
    error: "must be Tesseract's names of languages, such as deu,eng",
  });

const matrix = shownAs('Matrix');
const storage = shownAs('Storage');
const work = shownAs('Work');
const model = shownAs('Language model');
const limits = shownAs('Limits');
const answers = shownAs('Answers');
const http = shownAs('Health and metrics');
const logs = shownAs('Logs');

/** Every variable that Lector reads; parsed one by one so that all wrong ones are named at once. */
export const variables = {
  MATRIX_HOMESERVER_URL: url().register(
    variableMeta,
    matrix('address of the homeserver', 'https://matrix.example.org'),
  ),
  MATRIX_USER: text().register(
    variableMeta,
    matrix("the bot's user, @lector:example.org or lector", '@lector:example.org'),
  ),
  MATRIX_PASSWORD: text().register(variableMeta, matrix('its password; used for the first login only', '', true)),
  MATRIX_ACCESS_TOKEN: text().register(variableMeta, matrix('instead of user and password', '', true)),
  MATRIX_ALLOWED_USERS: globs().register(
    variableMeta,
    matrix("who may use it: globs, comma-separated; default: all users of the bot's own homeserver", '@*:example.org'),
  ),
  MATRIX_ALLOWED_ROOMS: globs().register(
    variableMeta,
    matrix('rooms it may join: globs, comma-separated; default: any room an allowed user invites it to'),
  ),
  MATRIX_ADMINS: globs().register(
    variableMeta,
    matrix('who may change the settings of any room: globs, comma-separated; room admins may in their rooms'),
  ),
  DATA_DIR: z
    .string()
    .default('./data')
    .register(variableMeta, storage('database, spool and login; created readable by its owner only')),
  BACKFILL_HOURS: whole(0, 8760, 0).register(
    variableMeta,
    storage('first start with an empty DATA_DIR: answers nothing older than this'),
  ),
  RESULT_CACHE_DAYS: wholeOrOff(3650, 7).register(
    variableMeta,
    storage('the same file is answered from what was read before, so long; 0: it is read anew each time'),
  ),
  RETENTION_DAYS: wholeOrOff(36_500, 90).register(
    variableMeta,
    storage('after that only ids are left of an upload in the database; 0: names stay for ever'),
  ),
  MAX_CONCURRENT_WORKERS: whole(1, 64, 3).register(variableMeta, work('jobs in flight')),
  QUEUE_MAX_SIZE: whole(1, 10_000, 100).register(variableMeta, work('jobs held in memory; more wait in the database')),
  QUEUE_MONITORING: flag(false).register(variableMeta, work('logs depth, active, waiting, rate and memory every 60 s')),
  MEMBER_UPLOADS_PER_MINUTE: wholeOrOff(100_000, 10).register(
    variableMeta,
    work('of one member; what is over it waits for its turn, and the member is told once; 0 or off: no limit'),
  ),
  BACKLOG_CRON: schedule('0 2 * * *').register(variableMeta, {
    ...work('when uploads that failed are tried again, as of cron; empty (BACKLOG_CRON=): never'),
    emptyCounts: true,
  }),
  SHUTDOWN_TIMEOUT_SECONDS: whole(0, 3600, 60).register(variableMeta, work('time to finish running jobs before exit')),
  WORKER_THREADS: z
    .string()
    .refine((value) => /^\d+$/.test(value) && Number(value) >= 1 && Number(value) <= 64, {
      error: 'must be a whole number from 1 to 64',
    })
    .transform(Number)
    .optional()
    .register(variableMeta, work('reading threads; default: the cores, at most MAX_CONCURRENT_WORKERS')),
  LLM_PROVIDER: oneOf(['auto', 'openai', 'ollama', 'none'], 'auto').register(
    variableMeta,
    model(
      'auto, openai (any compatible server), ollama or none; auto: openai if LLM_API_KEY or LLM_BASE_URL, ollama if OLLAMA_HOST, else none',
    ),
  ),
  LLM_BASE_URL: url().register(
    variableMeta,
    model('address of an OpenAI-compatible server', 'http://127.0.0.1:8080/v1'),
  ),
  LLM_API_KEY: text().register(variableMeta, model('its key, where it wants one', '', true)),
  OLLAMA_HOST: text().register(variableMeta, model('address of an Ollama server', 'http://127.0.0.1:11434')),
  LLM_MODEL: text().register(variableMeta, model('name of the model; a local server: the first it lists')),
  LLM_VISION_MODEL: text().register(variableMeta, model('name of a model that sees pictures; default: LLM_MODEL')),
  LLM_TIMEOUT_SECONDS: whole(1, 3600, 120).register(variableMeta, model('for one call')),
  LLM_REQUESTS_PER_MINUTE: wholeOrOff(1_000_000, 'off').register(
    variableMeta,
    model("calls of the model; set it to the provider's limit, or off"),
  ),
  LLM_TOKENS_PER_MINUTE: wholeOrOff(1_000_000_000, 'off').register(
    variableMeta,
    model('tokens of prompts and answers together, or off'),
  ),
  LLM_MAX_OUTPUT_TOKENS: whole(64, 100_000, 1024).register(variableMeta, model('for one answer')),
  LLM_CONTEXT_TOKENS: whole(1024, 10_000_000, 8192).register(
    variableMeta,
    model('context of the model; longer documents go in parts'),
  ),
  LLM_FALLBACK: flag(true).register(
    variableMeta,
    model(
      'what the model fails on, or is away for, is answered with its own sentences; false: it fails, or waits for the model',
    ),
  ),
  MAX_FILE_MB: whole(1, 2000, 50).register(variableMeta, limits('larger uploads are refused with a sentence')),
  MAX_PAGES: whole(1, 100_000, 500).register(
    variableMeta,
    limits('longer documents are read up to here, and the answer says so'),
  ),
  MAX_IMAGE_MEGAPIXELS: whole(1, 1000, 50).register(
    variableMeta,
    limits('larger pictures are refused, and those inside a PDF are not decoded'),
  ),
  WORKER_MEMORY_MB: whole(64, 8192, 256).register(variableMeta, limits('heap of one reading thread')),
  JOB_TIMEOUT_SECONDS: whole(1, 86_400, 300).register(variableMeta, limits('time in threads for one document')),
  SPOOL_MAX_MB: whole(1, 1_000_000, 1024).register(variableMeta, limits('downloads on disk at one time; more wait')),
  DEFAULT_MODE: oneOf(ROOM_MODES, 'auto').register(
    variableMeta,
    answers(
      'auto: every PDF and picture; documents: PDFs, and pictures when asked; mention: only when asked; rooms may change it',
    ),
  ),
  DEFAULT_PROFILE: z
    .string()
    .toLowerCase()
    .regex(/^[a-z0-9_-]+$/, { error: 'must be the name of a file in config/profiles' })
    .default('default')
    .register(variableMeta, answers('reading profile of rooms that have chosen none')),
  OCR_LANGUAGES: ocrLanguages.register(variableMeta, {
    ...answers('languages that pictures are read in, such as deu,eng; empty (OCR_LANGUAGES=): no OCR'),
    emptyCounts: true,
  }),
  TESSDATA_PREFIX: text().register(
    variableMeta,
    answers('folder with LANGUAGE.traineddata files for languages that are not installed as packages'),
  ),
  REPLY_LANGUAGE: language.register(
    variableMeta,
    answers("language of summaries, such as en or de; default: the document's"),
  ),
  HTTP_HOST: z
    .string()
    .default('127.0.0.1')
    .register(
      variableMeta,
      http('address of /health, /ready and /metrics; one that is not of this machine wants HTTP_TOKEN'),
    ),
  HTTP_PORT: z
    .string()
    .default('9400')
    .refine((text) => text === '' || (/^\d+$/.test(text) && Number(text) <= 65_535), {
      error: 'must be a port, or 0 for none',
    })
    .transform((text) => Number(text) || null)
    .register(variableMeta, { ...http('their port; 0 or empty: off'), emptyCounts: true }),
  HTTP_TOKEN: text().register(
    variableMeta,
    http('what a request has to carry as “Authorization: Bearer …” where HTTP_HOST is not of this machine', '', true),
  ),
  LOG_LEVEL: oneOf(['debug', 'info', 'warn', 'error', 'silent'], 'info').register(
    variableMeta,
    logs('debug, info, warn, error or silent'),
  ),
  LOG_FORMAT: oneOf(['auto', 'pretty', 'json'], 'auto').register(
    variableMeta,
    logs('pretty or json; auto: pretty on a terminal, else json'),
  ),
};

/** Names of the design whose features come with later versions: set, they are warned of and change nothing. */
export const LATER_VARIABLES = ['MATRIX_OPS_ROOM', 'STORE_PASSPHRASE'] as const;

/** Set, these would promise what this version cannot keep: refused at start. */
export const REFUSED_VARIABLES = ['REDIS_URL'] as const;
