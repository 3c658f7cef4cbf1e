// Owns one server process of the lab: it runs in the chroot, can be stopped and started again, and dies with its owner.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const ENTER_ROOT = join(import.meta.dirname, 'enterRoot.sh');
const READY_WITHIN_MS = 60_000;
const READY_POLL_MS = 50;
const ANSWER_WITHIN_MS = 5_000;
const STOP_WITHIN_MS = 10_000;

export type LabServerOptions = {
  root: string;
  /** Its own folder on the host, seen as /mnt inside; `server.log` in it takes all output. */
  folder: string;
  command: string[];
  /** Answers 200 as soon as the server can be used. */
  readyUrl: string;
};

/** A server of the lab. Starting a running one and stopping a stopped one do nothing; both wait until it is so. */
export type LabServer = { start(): Promise<void>; stop(): Promise<void> };

/** Runs `command` in the chroot to its end; throws with its output when it fails. */
export async function runInRoot(root: string, folder: string, command: string[]): Promise<void> {
  const child = spawnInRoot(root, folder, command);
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${command[0]} ended with ${code}:\n${await logTail(folder)}`);
}

/** A server that is not running yet. `start` throws with the end of its log when it ends or is not ready within a minute. */
export function createLabServer(options: LabServerOptions): LabServer {
  let running: ChildProcess | undefined;

  async function start(): Promise<void> {
    if (running) return;
    const child = spawnInRoot(options.root, options.folder, options.command);
    running = child;
    child.once('exit', () => {
      running = undefined;
    });
    try {
      await untilReady(child, options.readyUrl);
    } catch (cause) {
      await stop();
      throw new Error(`${options.command[0]} did not start:\n${await logTail(options.folder)}`, { cause });
    }
  }

  async function stop(): Promise<void> {
    const child = running;
    if (!child) return;
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    const killer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
    await exit;
    clearTimeout(killer);
  }

  return { start, stop };
}

function spawnInRoot(root: string, folder: string, command: string[]): ChildProcess {
  const log = openSync(join(folder, 'server.log'), 'a');
  // In a session of its own, so that Ctrl-C reaches only the owner, who then stops it in order.
  const child = spawn(ENTER_ROOT, [root, folder, ...command], { stdio: ['ignore', log, log], detached: true });
  closeSync(log);
  return child;
}

async function untilReady(child: ChildProcess, url: string): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (!(await answersOk(url))) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error('it ended');
    if (Date.now() > deadline) throw new Error(`${url} did not answer within ${READY_WITHIN_MS} ms`);
    await delay(READY_POLL_MS);
  }
}

async function answersOk(url: string): Promise<boolean> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) }).catch(() => null);
  await answer?.body?.cancel();
  return answer?.ok ?? false;
}

async function logTail(folder: string): Promise<string> {
  const log = await readFile(join(folder, 'server.log'), 'utf8');
  return log.split('\n').slice(-30).join('\n');
}
