// Owns the order of starting and stopping: data folder, ledger, login, bot, and back.
import { rmSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config, MatrixConfig } from '../config/env.ts';
import { type Bot, startBot } from './bot.ts';
import { AppError, toAppError } from './domain/errors.ts';
import type { Log } from './domain/log.ts';
import { lockDataDir, prepareDataDir } from './ledger/dataDir.ts';
import { openLedger } from './ledger/ledger.ts';
import { createModel } from './llm/createModel.ts';
import { openSession, type Session } from './matrix/session.ts';
import { openReader } from './openReader.ts';
import { createWatch } from './watch.ts';

export type AppDeps = {
  config: Config;
  /** Milliseconds since 1970. */
  clock(): number;
  log: Log;
};

export type App = {
  /**
   * Resolves once the first sync is in the ledger; waits for a homeserver that is away. Throws `login_failed`, `database_newer`,
   * `data_dir_in_use`, `data_dir_unusable`.
   */
  start(): Promise<void>;
  /** Settles when the app has ended: after `stop`, or with the error that ended it. */
  ended: Promise<void>;
  stop(): Promise<void>;
};

/** Most often it is a connection that was closed while it was idle. */
const FIRST_RETRY_MS = 250;
const MAX_RETRY_MS = 30_000;

/** Joins the parts; nothing happens before `start`. */
export function createApp({ config, clock, log }: AppDeps): App {
  const stopping = new AbortController();
  const ended = Promise.withResolvers<void>();
  const closers: (() => void | Promise<void>)[] = [];
  ended.promise.catch(() => undefined);

  const start = async (): Promise<void> => {
    if (!config.matrix) throw new AppError('config_invalid', 'no homeserver is set');
    const dir = prepareDataDir(config.storage.dataDir);
    const lock = lockDataDir(dir);
    closers.push(() => lock.release());
    const ledger = openLedger(dir.database, clock);
    closers.push(() => ledger.close());
    const watch = createWatch({ config, ledger, clock, log });
    closers.push(() => watch.close());
    const { meter } = watch;
    let bot: Bot | null = null;
    const onBack = () => bot?.modelIsBack();
    const model = createModel(config.llm, log, { meter, maxConcurrent: config.work.consumers, onBack });
    const { compileCacheDir } = config.storage;
    const opened = openReader({ config, model, compileCacheDir, watchProfiles: true, meter, clock, log });
    closers.push(() => opened.close());
    watch.sees({ model, reader: opened });
    await watch.listen();
    await emptyFolder(dir.spool);
    const session = await connect(config.matrix, dir.session, clock, log, stopping.signal);

    const synced = Promise.withResolvers<void>();
    bot = startBot({
      config,
      session,
      ledger,
      ...opened,
      model,
      spoolDir: dir.spool,
      removeFile: (path) => rmSync(path, { force: true }),
      meter,
      clock,
      log,
      onSyncState(state) {
        watch.synced(state);
        if (state.up) synced.resolve();
      },
    });
    const { figures, stop } = bot;
    watch.sees({ figures });
    closers.push(stop);
    bot.ended.then(ended.resolve, ended.reject);
    await Promise.race([synced.promise, bot.ended]);
    log.info({ userId: session.userId, rooms: ledger.rooms.joined().length }, 'Lector is ready');
  };

  return {
    start,
    ended: ended.promise,
    async stop() {
      stopping.abort();
      for (const close of closers.splice(0).reverse()) await close();
      ended.resolve();
    },
  };
}

/** What lies in the spool belongs to an earlier life; its jobs are in the ledger and fetch their files anew. */
async function emptyFolder(folder: string): Promise<void> {
  for (const name of await readdir(folder)) await rm(join(folder, name), { force: true });
}

/** Logs in, or takes up the kept login; waits and says so while the homeserver is away. */
async function connect(
  matrix: MatrixConfig,
  sessionPath: string,
  clock: () => number,
  log: Log,
  signal: AbortSignal,
): Promise<Session> {
  for (let failures = 0; ; failures += 1) {
    try {
      return await openSession(matrix, sessionPath, log, { clock, signal });
    } catch (thrown) {
      signal.throwIfAborted();
      const error = toAppError(thrown);
      if (error.code !== 'homeserver_unavailable' && error.code !== 'homeserver_rate_limited') throw error;
      const retryMs = Math.max(error.retryAfterMs ?? 0, Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** failures));
      log.warn(
        { homeserver: matrix.homeserverUrl, reason: error.message, retryMs },
        'the homeserver is away; waiting for it',
      );
      await sleep(retryMs, undefined, { signal });
    }
  }
}
