#!/usr/bin/env node
// Owns the process: the only reader of environment, arguments and signals; picks the command and ends with its exit code.
import { readFileSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { parse as parseDotenv } from 'dotenv';
import { type Config, parseConfig } from '../config/env.ts';
import { findUnknownVariables } from '../config/unknownVariables.ts';
import { parseSince } from './cli/since.ts';
import { type AppError, toAppError } from './domain/errors.ts';
import type { Log } from './domain/log.ts';
import { createSteadyClock } from './ops/steadyClock.ts';

// htmlencode, which matrix-bot-sdk imports, still calls util._extend: a warning that tells an operator nothing.
process.noDeprecation = true;

/** Exit codes: 0 well, 1 something failed, 2 the settings are wrong. */
type Exit = 0 | 1 | 2;

const QUIET = { LOG_LEVEL: 'warn' };

function readEnvFile(): Record<string, string> {
  try {
    return parseDotenv(readFileSync('.env', 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return {};
  }
}

/**
 * Keeps the compiled code of commands that have no data folder in the user's cache (XDG base directory specification), and
 * returns the folder: it takes a quarter off the time of `read`. A folder that cannot be written is done without.
 */
function keepCompiledCode(): string {
  const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'lector', 'compiled');
  enableCompileCache(folder);
  return folder;
}

type SetUp = {
  config: Config;
  log: Log;
  /** A sentence for each variable that is set and does nothing. */
  remarks: string[];
};

/** `defaults` stand in for variables that are not set: a command whose output is for reading logs warnings only. */
async function setUp(
  needs: 'matrix' | 'nothing',
  logTo: NodeJS.WriteStream,
  defaults: Record<string, string> = {},
): Promise<SetUp> {
  const file = readEnvFile();
  const env = { ...defaults, ...file, ...process.env };
  const { config, later } = parseConfig(env, needs, (path) => readFileSync(path, 'utf8'));
  const { createLog } = await import('./ops/log.ts');
  const { matrix, llm, http } = config;
  const login = matrix?.login.kind === 'token' ? matrix.login.accessToken : matrix?.login.password;
  const secrets = [login, llm.apiKey, http.token ?? undefined].filter((secret) => secret !== undefined);
  const log = await createLog({ ...config.log, secrets, destination: logTo });
  const remarks = later.map((name) => `${name} has no effect in this version`);
  return { config, log, remarks: [...remarks, ...findUnknownVariables(file, process.env)] };
}

function logRemarks(settings: SetUp): SetUp {
  for (const remark of settings.remarks) settings.log.warn({}, remark);
  return settings;
}

/** Calls `onFirst` at the first SIGTERM or SIGINT; a second one ends the process at once. */
function onSignal(onFirst: (signal: string) => void): void {
  let seen = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (seen) process.exit(signal === 'SIGINT' ? 130 : 143);
      seen = true;
      onFirst(signal);
    });
  }
}

function report(error: AppError): Exit {
  if (error.code === 'config_invalid') {
    // A variable that is missing may be there under a misspelt name.
    const lines = [error.message, ...findUnknownVariables(readEnvFile(), process.env)].join('\n');
    process.stderr.write(`The settings are wrong:\n${lines.replace(/^/gm, '  ')}\n`);
    return 2;
  }
  process.stderr.write(`${error.message}\n`);
  if (error.code === 'internal') process.stderr.write(`${error.stack}\n`);
  return 1;
}

/** Ends with an error that says what to write instead of the first of `words`. */
function refuse([word = '']: string[], program: Command): never {
  if (word.startsWith('-')) program.error(`error: unknown option '${word}'`);
  if (program.args[0] === 'start') program.error("error: 'start' takes nothing after it");
  const names = program.commands.map((command) => command.name()).join(', ');
  program.error(`error: there is no command '${word}'. The commands are ${names}; 'help' tells what they do`);
}

function createProgram(exit: (code: Exit) => void): Command {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  const program = new Command('lector')
    .description('Reads the documents that are posted in Matrix rooms and answers in their thread')
    .version(version)
    .exitOverride();
  program
    .command('start', { isDefault: true })
    .description('the bot')
    // Whatever is no command comes here, where commander would count arguments.
    .allowExcessArguments()
    .allowUnknownOption()
    .action(async (_options: object, { args }: Command) => {
      if (args.length > 0) refuse(args, program);
      const { config, log } = logRemarks(await setUp('matrix', process.stdout));
      const { start } = await import('./cli/start.ts');
      exit(await start({ config, log, onSignal, clock: createSteadyClock() }));
    });
  program
    .command('read')
    .description('reads files here, without a homeserver')
    .argument('<file...>')
    .option('--json', 'one JSON object a line, a file each')
    .option('--profile <name>', 'the fields to be found, as in config/profiles; default: DEFAULT_PROFILE')
    .action(async (files: string[], options: { json?: boolean; profile?: string }) => {
      const { config, log } = logRemarks(await setUp('nothing', process.stderr, QUIET));
      const compileCacheDir = keepCompiledCode();
      const { read } = await import('./cli/read.ts');
      const { stdout, stderr } = process;
      exit(
        await read({
          config,
          log,
          files,
          json: options.json === true,
          profile: options.profile,
          compileCacheDir,
          stdout,
          stderr,
        }),
      );
    });
  program
    .command('demo')
    .description('the bot in a playground room of its own: posts the examples and prints the conversation')
    .option('--serve', 'keeps the playground up')
    .action(async (options: { serve?: boolean }) => {
      const { config, log } = logRemarks(await setUp('nothing', process.stderr, QUIET));
      const compileCacheDir = keepCompiledCode();
      const { demo } = await import('./cli/demo.ts');
      exit(
        await demo({ config, log, serve: options.serve === true, compileCacheDir, stdout: process.stdout, onSignal }),
      );
    });
  program
    .command('doctor')
    .description('checks homeserver, login, rooms, data folder, disk and model, and says what to do')
    .action(async () => {
      const { config, log, remarks } = await setUp('matrix', process.stderr, QUIET);
      const { doctor } = await import('./cli/doctor.ts');
      exit(await doctor({ config, log, remarks, stdout: process.stdout }));
    });
  addLedgerCommands(program, exit);
  return program;
}

/** Commands on what the bot keeps, beside a bot that runs or without one. */
function addLedgerCommands(program: Command, exit: (code: Exit) => void): void {
  program
    .command('backlog')
    .description('shows the uploads that failed and tries them again, as the nightly run does')
    .option('--since <time>', 'those posted since then, such as 90m, 24h or 7d; default: all', parseSince)
    .option('--list', 'shows them only')
    .option('--json', 'one JSON object a line')
    .action(async (options: { since?: number; list?: boolean; json?: boolean }) => {
      const list = options.list === true;
      const { config, log } = logRemarks(await setUp(list ? 'nothing' : 'matrix', process.stderr, QUIET));
      const { backlog } = await import('./cli/backlog.ts');
      const { stdout, stderr } = process;
      const clock = createSteadyClock();
      const json = options.json === true;
      exit(await backlog({ config, log, sinceMs: options.since ?? null, list, json, stdout, stderr, onSignal, clock }));
    });
  program
    .command('backup')
    .description('copies the database to a file, while the bot runs or rests')
    .argument('<file>')
    .action(async (file: string) => {
      const { config } = logRemarks(await setUp('nothing', process.stderr, QUIET));
      const { backup } = await import('./cli/backup.ts');
      exit(await backup({ config, file, stdout: process.stdout, stderr: process.stderr }));
    });
}

async function main(): Promise<void> {
  // Logs of a pipe that was closed early (`| head`) are no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  let code: Exit = 0;
  try {
    await createProgram((exitCode) => {
      code = exitCode;
    }).parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) code = error.exitCode === 0 ? 0 : 2;
    else code = report(toAppError(error));
  }
  process.exitCode = code;
  // Whatever still holds the event loop (an idle connection, say) may not hold the exit.
  setTimeout(() => process.exit(), 500).unref();
}

await main();
