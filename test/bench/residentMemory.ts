// Owns the course of a process's memory: sampled while it works, compared quarter by quarter.
import { readFileSync } from 'node:fs';

const EVERY_MS = 250;

export type MemoryCourse = {
  /** Ends the sampling; the mean of each quarter of the time, in megabytes. */
  quarters(): [number, number, number, number];
};

/** Samples VmRSS (proc_pid_status(5)): threads and native memory are in it. */
export function followMemory(pid: number): MemoryCourse {
  const samples: number[] = [];
  const timer = setInterval(() => {
    const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    samples.push(Number(kilobytes) / 1024);
  }, EVERY_MS);
  return {
    quarters() {
      clearInterval(timer);
      const part = (index: number) => {
        const [from, to] = [index, index + 1].map((at) => Math.round((samples.length * at) / 4)) as [number, number];
        const quarter = samples.slice(from, to);
        return quarter.reduce((sum, each) => sum + each, 0) / quarter.length;
      };
      return [part(0), part(1), part(2), part(3)];
    },
  };
}
