// Owns the trying again of failed uploads by a bot that runs for as long as that takes.
import type { App } from '../app.ts';
import type { FailedJob, JobRow, Ledger } from '../domain/ledger.ts';
import { count } from '../pipeline/html.ts';
import { shownName } from './deadLetters.ts';
import { waitForEnds } from './waitForEnds.ts';
import { whyFailed } from './whyFailed.ts';

export type TryHereDeps = {
  app: App;
  ledger: Pick<Ledger, 'jobs'>;
  failed: readonly FailedJob[];
  json: boolean;
  stdout: NodeJS.WritableStream;
  say(sentence: string): void;
  onSignal(onFirst: (signal: string) => void): void;
};

/** Runs the app until the jobs have ended, or a signal comes, and prints how each did; 1 if one failed again. Throws what ends the app. */
export async function tryAgainHere(jobIds: readonly string[], deps: TryHereDeps): Promise<0 | 1> {
  const { app, ledger, say } = deps;
  const interrupted = new AbortController();
  let failures = 0;
  const onEnd = (jobId: string, row: JobRow | null): void => {
    if (row?.state === 'failed') failures += 1;
    print(jobId, row, deps);
  };
  deps.onSignal(() => interrupted.abort());
  try {
    const started = app.start();
    const ended = started.then(() => app.ended);
    // Behind an interruption nobody waits for these.
    ended.catch(() => undefined);
    await Promise.race([started, isAborted(interrupted.signal)]);
    const watching = AbortSignal.any([interrupted.signal, settled(ended)]);
    const open = await waitForEnds(jobIds, ledger.jobs, onEnd, watching);
    if (!interrupted.signal.aborted && open.length > 0) await ended;
    if (open.length > 0) say(`${count(open.length, 'upload')} left in line: the next start goes on with them.`);
  } finally {
    await app.stop();
  }
  return failures > 0 ? 1 : 0;
}

function isAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Aborted once `ended` is settled, however. */
function settled(ended: Promise<void>): AbortSignal {
  const controller = new AbortController();
  const abort = () => controller.abort();
  ended.then(abort, abort);
  return controller.signal;
}

function print(jobId: string, row: JobRow | null, { failed, json, stdout }: TryHereDeps): void {
  const outcome = row?.state ?? 'cancelled';
  const code = row?.errorCode ?? null;
  if (json) {
    stdout.write(`${JSON.stringify({ eventId: jobId, outcome, code })}\n`);
    return;
  }
  const name = failed.find(({ upload }) => upload.eventId === jobId)?.upload.fileName ?? row?.upload.fileName;
  stdout.write(`${name === undefined ? jobId : shownName(name)}: ${outcomeText(row)}\n`);
}

function outcomeText(row: JobRow | null): string {
  switch (row?.state) {
    case 'done':
      return 'answered';
    case 'refused':
      return `read, and refused (${whyFailed(row.errorCode)})`;
    case 'failed':
      return `failed again (${whyFailed(row.errorCode)})`;
    default:
      return 'no longer there: it was redacted, or its room was left';
  }
}
