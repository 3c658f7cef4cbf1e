// Owns the doctor's look at the data folder and the disk.
import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Config } from '../../config/env.ts';
import { type AppError, toAppError } from '../domain/errors.ts';
import { dataDirAt } from '../ledger/dataDir.ts';
import { lookAtDataDir } from '../ledger/lookAtDataDir.ts';
import { whyDenied } from '../ledger/whyDenied.ts';
import type { Finding } from './doctor.ts';

const GIB = 1024 ** 3;

/** /proc, /sys and the control groups below it (statfs(2), `f_type`). */
const KERNEL_FILE_SYSTEMS = [0x9fa0, 0x62656572, 0x27e0eb, 0x63677270];

/** SQLite's result codes SQLITE_CORRUPT and SQLITE_NOTADB (sqlite.org/rescode.html). */
const DAMAGED = [11, 26];

const BETTER_FOLDER = 'let it belong to the user that runs Lector, or set DATA_DIR to a folder that does';

/** Whether the bot could work in the folder, or a Lector is just doing so. */
export function checkDataDir(path: string): { finding: Finding; isInUse: boolean } {
  const name = 'Data folder';
  const ok = (detail: string, isInUse = false) => ({ finding: { state: 'ok' as const, name, detail }, isInUse });
  const failed = (detail: string, advice: string) => ({
    finding: { state: 'failed' as const, name, detail, advice },
    isInUse: false,
  });
  try {
    const existing = existingParent(path);
    const fault = faultOf(existing);
    if (fault !== null) {
      const advice = whyDenied(fault.error, existing, path) ?? BETTER_FOLDER;
      return failed(`${path} cannot be used: ${fault.reason}`, advice);
    }
    if (!existsSync(path)) return ok(`${path} does not exist yet; the first start creates it`);
    const { isInUse } = lookAtDataDir(dataDirAt(path));
    return isInUse ? ok(`a Lector is running on ${path}`, isInUse) : ok(`${path} can be written`);
  } catch (thrown) {
    const error = toAppError(thrown);
    return failed(error.message, adviceFor(error, path));
  }
}

function adviceFor(error: AppError, path: string): string {
  if (whyDenied(error.cause, path, path) !== null) return 'do as it says';
  if (error.code === 'database_newer') return 'install that version again, or set DATA_DIR to another folder';
  if (error.code === 'database_corrupt') return 'do as it says; the README tells how to restore a backup';
  const resultCode = Number((error.cause as { errcode?: number } | undefined)?.errcode) & 0xff;
  if (DAMAGED.includes(resultCode)) return 'put a backup of it in its place, or set DATA_DIR to another folder';
  return BETTER_FOLDER;
}

/** Null: files can be made in `folder`. The kernel's own file systems let root write by their permissions, and make nothing. */
function faultOf(folder: string): { reason: string; error: unknown } | null {
  const fault = (reason: string, error: unknown = null) => ({ reason: `${folder} ${reason}`, error });
  if (KERNEL_FILE_SYSTEMS.includes(statfsSync(folder).type)) return fault('holds files of the kernel only');
  if (!statSync(folder).isDirectory()) return fault('is no folder');
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    return null;
  } catch (error) {
    const isReadOnly = (error as NodeJS.ErrnoException).code === 'EROFS';
    return fault(isReadOnly ? 'is read-only' : 'may not be read and written', error);
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
