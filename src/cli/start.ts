// Owns the command `start`: the bot, until a signal ends it.
import { enableCompileCache, flushCompileCache } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import type { Config } from '../../config/env.ts';
import type { Log } from '../domain/log.ts';
import { prepareDataDir } from '../ledger/dataDir.ts';

export type StartDeps = {
  config: Config;
  log: Log;
  onSignal(onFirst: (signal: string) => void): void;
  clock(): number;
};

/** Runs until a signal (0) or an error that ends the bot (thrown, after everything is closed). */
export async function start({ config, log, onSignal, clock }: StartDeps): Promise<0> {
  // Whatever is kept in the data folder is its owner's alone.
  process.umask(0o077);
  prepareDataDir(config.storage.dataDir);
  // A start makes much garbage, mostly of schemas, and V8 would keep the room that it grew for it: 20 MB for good (`bot.ts memory`).
  setFlagsFromString('--semi-space-growth-factor=1');
  // Garbage of thousands of uploads would otherwise let the heap grow to 300 MB of which 44 are in use (`tenThousand.ts`).
  setFlagsFromString('--heap-growing-percent=50');
  // Halves the CPU time of a start and takes 30 MB off the process: nothing is stripped of types or compiled again.
  enableCompileCache(config.storage.compileCacheDir);
  const { createApp } = await import('../app.ts');
  const app = createApp({ config, clock, log });
  const stopped = Promise.withResolvers<void>();
  let isStopping = false;
  onSignal((signal) => {
    isStopping = true;
    log.info(
      { signal, timeoutMs: config.work.shutdownTimeoutMs },
      'stopping: running jobs are finished, the rest stays in the ledger',
    );
    app.stop().then(stopped.resolve, stopped.reject);
  });
  try {
    await app.start();
    // Written at the exit, it would hold a first exit for up to a second and a half.
    flushCompileCache();
    // V8's own factor again.
    setFlagsFromString('--semi-space-growth-factor=2');
    await app.ended;
  } catch (error) {
    if (!isStopping) {
      await app.stop();
      throw error;
    }
  }
  if (isStopping) await stopped.promise;
  log.info({}, 'stopped');
  return 0;
}
