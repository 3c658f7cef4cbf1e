// Owns the command `backlog`: the uploads that failed, shown and tried again.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Config } from '../../config/env.ts';
import type { App } from '../app.ts';
import { AppError } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import { dataDirAt } from '../ledger/dataDir.ts';
import { openLedger } from '../ledger/ledger.ts';
import { lookAtDataDir } from '../ledger/lookAtDataDir.ts';
import { count } from '../pipeline/html.ts';
import { tryAgainHere } from './backlogHere.ts';
import { deadLetterJson, deadLetterTable } from './deadLetters.ts';

export type BacklogDeps = {
  config: Config;
  log: Log;
  /** How long ago the oldest may have been posted; null: whenever. */
  sinceMs: number | null;
  /** Shows them and does nothing. */
  list: boolean;
  /** Data goes to `stdout` as one object a line, and sentences to `stderr`. */
  json: boolean;
  stdout: NodeJS.WritableStream;
  stderr: NodeJS.WritableStream;
  onSignal(onFirst: (signal: string) => void): void;
  clock(): number;
};

/**
 * Shows the dead letters and puts them in line again: a Lector that runs on the data folder takes them up, and without one the bot
 * runs here until they have ended. 1 if one failed again, or there is no database. Throws `database_newer`, `data_dir_unusable`, and
 * without a running Lector what `App.start` throws.
 */
export async function backlog(deps: BacklogDeps): Promise<0 | 1> {
  const { config, sinceMs, clock, list } = deps;
  const say = (sentence: string) => void (deps.json ? deps.stderr : deps.stdout).write(`${sentence}\n`);
  const dir = dataDirAt(resolve(config.storage.dataDir));
  if (!existsSync(dir.database)) {
    deps.stderr.write(`There is no database in ${dir.path} yet. Is DATA_DIR the one of the bot?\n`);
    return 1;
  }
  const { isInUse } = lookAtDataDir(dir);
  const ledger = openLedger(dir.database, clock);
  try {
    const postedSinceMs = sinceMs === null ? 0 : clock() - sinceMs;
    const failed = ledger.jobs.failures({ postedSinceMs });
    if (deps.json) for (const each of failed) deps.stdout.write(`${deadLetterJson(each)}\n`);
    else if (failed.length > 0) deps.stdout.write(`${deadLetterTable(failed)}\n`);
    if (failed.length === 0)
      say(
        sinceMs === null
          ? 'No upload that failed can be tried again.'
          : 'No upload of that time that failed can be tried again.',
      );
    if (list || failed.length === 0) return 0;

    const jobIds = ledger.jobs.retryBacklog({ postedSinceMs, maxTries: Number.MAX_SAFE_INTEGER });
    const inLine = `${count(jobIds.length, 'upload')} ${jobIds.length === 1 ? 'is' : 'are'} in line again`;
    // A Lector looks into its ledger every ten seconds, whatever else happens.
    const leaveToRunning = () => say(`${inLine}: the Lector that runs on ${dir.path} takes them up within 10 seconds.`);
    if (isInUse) {
      leaveToRunning();
      return 0;
    }
    say(`${inLine}, and tried here; Ctrl-C leaves them to the next start.`);
    try {
      return await tryAgainHere(jobIds, { ...deps, app: await botHere(deps), ledger, failed, say });
    } catch (error) {
      // Somebody started it in between.
      if (!(error instanceof AppError) || error.code !== 'data_dir_in_use') throw error;
      leaveToRunning();
      return 0;
    }
  } finally {
    ledger.close();
  }
}

/** The bot as `start` has it, without what is for a longer stay: its port and its nightly run. */
async function botHere({ config, log, clock }: BacklogDeps): Promise<App> {
  // Whatever is kept in the data folder is its owner's alone.
  process.umask(0o077);
  const { createApp } = await import('../app.ts');
  const forNow: Config = {
    ...config,
    http: { ...config.http, port: null },
    work: { ...config.work, backlogCron: null },
  };
  return createApp({ config: forNow, clock, log });
}
