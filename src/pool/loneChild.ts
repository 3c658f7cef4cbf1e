// Owns the program of a process that runs one task alone; it ends with whoever started it, and takes nobody along.
import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { isMainThread, parentPort, type ResourceLimits, Worker, workerData } from 'node:worker_threads';

/** What the process is sent, once. */
export type LoneOrder = {
  /** The worker's file: its default export gets the task. */
  filename: string;
  task: unknown;
  resourceLimits: ResourceLimits;
};

/** What it sends, at most once; then it waits to be killed. */
export type LoneWord = { answer: unknown } | { died: 'out_of_memory' | 'crashed'; message: string };

if (isMainThread) {
  process.once('disconnect', dieNow);
  process.once('message', (order: LoneOrder) => follow(order));
} else {
  await work(workerData as LoneOrder);
}

/** The work stands in a thread, so that this one hears of its starter's death whatever the file does. */
function follow(order: LoneOrder): void {
  volunteerForTheKernel();
  let isSaid = false;
  const say = (word: LoneWord): void => {
    if (isSaid) return;
    isSaid = true;
    process.send?.(word);
  };
  const worker = new Worker(new URL(import.meta.url), { workerData: order, resourceLimits: order.resourceLimits });
  worker.once('message', (answer: unknown) => say({ answer }));
  worker.once('error', (error: Error & { code?: string }) =>
    say({ died: error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'out_of_memory' : 'crashed', message: error.message }),
  );
  worker.once('exit', (code) => {
    if (!isSaid) process.exit(code);
  });
}

async function work({ filename, task }: LoneOrder): Promise<void> {
  const { default: run } = (await import(pathToFileURL(filename).href)) as { default(task: unknown): Promise<unknown> };
  parentPort?.postMessage(await run(task));
}

/** No exit: that would wait for a thread that is in a decoder's hands. */
function dieNow(): void {
  process.kill(process.pid, 'SIGKILL');
}

/** When the machine or the container has no memory left, Linux ends this process first, and the bot lives. */
function volunteerForTheKernel(): void {
  if (process.platform !== 'linux') return;
  try {
    writeFileSync('/proc/self/oom_score_adj', '1000');
  } catch {
    // Without /proc it is a process like any other.
  }
}
