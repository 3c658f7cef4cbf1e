// Owns the doctor's look at the data folder and the disk.
import { accessSync, constants, existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Config } from '../../config/env.ts';
import { type AppError, toAppError } from '../domain/errors.ts';
import { dataDirAt } from '../ledger/dataDir.ts';
import { lookAtDataDir } from '../ledger/lookAtDataDir.ts';
import type { Finding } from './doctor.ts';

const GIB = 1024 ** 3;

/** Whether the bot could work in the folder, or a Lector is just doing so. */
export function checkDataDir(path: string): { finding: Finding; isInUse: boolean } {
  const name = 'Data folder';
  const ok = (detail: string, isInUse = false) => ({ finding: { state: 'ok' as const, name, detail }, isInUse });
  try {
    if (!existsSync(path)) {
      accessSync(existingParent(path), constants.W_OK);
      return ok(`${path} does not exist yet; the first start creates it`);
    }
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
    const { isInUse } = lookAtDataDir(dataDirAt(path));
    return isInUse ? ok(`a Lector is running on ${path}`, isInUse) : ok(`${path} can be written`);
  } catch (thrown) {
    const error = toAppError(thrown);
    const finding = { state: 'failed' as const, name, detail: error.message, advice: adviceFor(error) };
    return { finding, isInUse: false };
  }
}

function adviceFor(error: AppError): string {
  if (error.code === 'database_newer') return 'install that version again, or set DATA_DIR to another folder';
  return 'let it belong to the user that runs Lector, or set DATA_DIR to a folder that does';
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
