// Owns the program as operators run it: a process of its own with nothing of the tests' environment; none outlives its test.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

const MAIN = join(import.meta.dirname, '../../src/main.ts');

export type Variables = Record<string, string>;
/** `code` is null when a signal ended the process. */
export type Exit = { code: number | null; signal: NodeJS.Signals | null };
export type LectorProcess = {
  stdout: NodeJS.ReadableStream;
  stderr: NodeJS.ReadableStream;
  kill(signal: NodeJS.Signals): void;
  exited: Promise<Exit>;
};

/** Starts `lector ARGS` in the folder `cwd`; the kernel kills it when the tests' process ends, and the end of the test does, too. */
export function spawnLector(args: string[], env: Variables, cwd = tmpdir()): LectorProcess {
  const command = ['--pdeathsig', 'KILL', process.execPath, MAIN, ...args];
  const child = spawn('setpriv', command, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  // `close`, unlike `exit`, comes after the last word of both streams.
  const exited = once(child, 'close').then(([code, signal]): Exit => ({ code, signal }));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  return { stdout: child.stdout, stderr: child.stderr, kill: (signal) => void child.kill(signal), exited };
}

export type Outcome = { code: number | null; stdout: string; stderr: string };

/** Runs a command of Lector to its end. */
export async function runLector(args: string[], env: Variables = {}, cwd = tmpdir()): Promise<Outcome> {
  const lector = spawnLector(args, env, cwd);
  const [{ code }, stdout, stderr] = await Promise.all([lector.exited, text(lector.stdout), text(lector.stderr)]);
  return { code, stdout, stderr };
}
