// Owns a small disk of its own (a tmpfs, by root) that goes with the test: filled up, emptied, made read-only.
import { execFileSync } from 'node:child_process';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from './temporaryFolder.ts';

export type SmallDisk = {
  path: string;
  /** Takes all the room that is left. */
  fill(): void;
  /** Gives it back. */
  empty(): void;
  /** Fails while a file on it is open for writing. */
  remount(as: 'ro' | 'rw'): void;
};

/** Mounts it; `megabytes` are all that it holds. */
export async function mountSmallDisk(megabytes: number): Promise<SmallDisk> {
  const path = await temporaryFolder();
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0700`, 'tmpfs', path]);
  onTestFinished(() => void execFileSync('umount', ['--lazy', path]));
  const filler = join(path, 'filler');
  return {
    path,
    fill() {
      const file = openSync(filler, 'a');
      for (let size = 1 << 20; size > 0; size = Math.floor(size / 2)) writeWhileThereIsRoom(file, Buffer.alloc(size));
      closeSync(file);
    },
    empty: () => rmSync(filler),
    remount: (as) => void execFileSync('mount', ['-o', `remount,${as}`, path]),
  };
}

function writeWhileThereIsRoom(file: number, block: Buffer): void {
  try {
    while (writeSync(file, block) === block.length);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}
