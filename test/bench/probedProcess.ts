// Owns a started process whose lag and memory are measured; it ends with the bench, however that ends.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lag, LagRequest } from './lagProbe.ts';

export type ProbedProcess = {
  child: ChildProcess;
  /** Forgets the lag seen so far. */
  resetLag(): void;
  lag(): Promise<Lag>;
  /** Megabytes in RAM now, and the most there ever were: of the whole process, threads and native memory included. */
  memory(): Promise<{ nowMb: number; peakMb: number }>;
  /** Sends SIGTERM and waits for the end. */
  end(): Promise<void>;
};

/** Starts one of this folder's programs in the folder `cwd`, with nothing but `env` as its environment. */
export function startProbed(program: string, env: Record<string, string>, cwd: string): ProbedProcess {
  const command = ['--pdeathsig', 'KILL', process.execPath, join(import.meta.dirname, program)];
  const child = spawn('setpriv', command, { cwd, env, stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  const exited = once(child, 'exit');
  const ask = (request: LagRequest) => void child.send(request);
  return {
    child,
    resetLag: () => ask('reset'),
    async lag() {
      const answer = once(child, 'message');
      ask('report');
      return (await answer)[0] as Lag;
    },
    async memory() {
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
      const megabytes = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024;
      return { nowMb: megabytes('VmRSS'), peakMb: megabytes('VmHWM') };
    },
    async end() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}
