// Owns the command `start`: the bot, until a signal ends it.
import { flushCompileCache } from 'node:module';
import type { Config } from '../../config/env.ts';
import { createApp } from '../app.ts';
import type { Log } from '../domain/log.ts';
import { createModel } from '../llm/createModel.ts';

export type StartDeps = {
  config: Config;
  log: Log;
  onSignal(onFirst: (signal: string) => void): void;
  clock(): number;
};

/** Runs until a signal (0) or an error that ends the bot (thrown, after everything is closed). */
export async function start({ config, log, onSignal, clock }: StartDeps): Promise<0> {
  const app = createApp({ config, model: createModel(config.llm, log), clock, log });
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
