// Owns what is known of a lab that stands by itself, for up.ts and down.ts: its process and its addresses, in a file.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LabAddresses } from './lab.ts';

export type StandingLab = { pid: number; addresses: LabAddresses };

/** Written by serve.ts when all servers answer, removed by it at the end. */
export function standingFile(labDir: string): string {
  return join(labDir, 'standing.json');
}

/** The lab that stands now; null when there is none, or when the one in the file was killed. */
export async function findStandingLab(labDir: string): Promise<StandingLab | null> {
  const text = await readFile(standingFile(labDir), 'utf8').catch((error) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return null;
  const standing = JSON.parse(text) as StandingLab;
  return (await isAlive(standing.pid)) ? standing : null;
}

/** Whether a process of this machine runs; one that ended but was never waited for does not. */
export async function isAlive(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  // pid (name) state …; the name may hold anything.
  return stat !== null && !/^.*\) [ZX]/s.test(stat);
}
