// Owns the doctor's look at the data folder and the disk.
import { accessSync, constants, existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Config } from '../../config/env.ts';
import { toAppError } from '../domain/errors.ts';
import { dataDirAt, lockDataDir } from '../ledger/dataDir.ts';
import { openLedger } from '../ledger/ledger.ts';
import type { Finding } from './doctor.ts';

const GIB = 1024 ** 3;

/** Whether the bot could work in the folder, or is just doing so. */
export function checkDataDir(path: string): Finding {
  const name = 'Data folder';
  try {
    if (!existsSync(path)) {
      accessSync(existingParent(path), constants.W_OK);
      return { state: 'ok', name, detail: `${path} does not exist yet; the first start creates it` };
    }
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
    const dir = dataDirAt(path);
    const lock = lockDataDir(dir);
    try {
      if (existsSync(dir.database)) openLedger(dir.database).close();
    } finally {
      lock.release();
    }
    return { state: 'ok', name, detail: `${path} can be written` };
  } catch (thrown) {
    const error = toAppError(thrown);
    if (error.code === 'data_dir_in_use') return { state: 'ok', name, detail: `${path} is in use by a running Lector` };
    const advice = 'let it belong to the user that runs Lector, or set DATA_DIR to a folder that does';
    return { state: 'failed', name, detail: error.message, advice };
  }
}

function existingParent(path: string): string {
  let parent = resolve(path);
  while (!existsSync(parent)) parent = dirname(parent);
  return parent;
}

/** Whether the disk has room for the spool. */
export async function checkDisk({ dataDir, spoolMaxBytes }: Config['storage']): Promise<Finding> {
  const name = 'Disk';
  const { bavail, bsize } = await statfs(existingParent(dataDir));
  const freeBytes = bavail * bsize;
  const detail = `${(freeBytes / GIB).toFixed(1)} GiB free`;
  if (freeBytes >= spoolMaxBytes) return { state: 'ok', name, detail };
  const advice = `make room, or lower SPOOL_MAX_MB (now ${Math.round(spoolMaxBytes / 1024 ** 2)})`;
  return { state: 'failed', name, detail, advice };
}
