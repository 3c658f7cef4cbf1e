// Owns the advice where the system denies Lector its data folder: which permission is missing, and for whom.
import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** SQLite's result codes of a file that it may not open or write: PERM, READONLY, CANTOPEN (sqlite.org/rescode.html). */
const DENIED_BY_SQLITE = [3, 8, 14];

const OR_ELSEWHERE = 'or set DATA_DIR to a folder that it may write';

/**
 * What to do about an error of the file system, or of SQLite, at `path`, which is `dataDir` or lies in it; null: it is not about
 * permissions. Changes nothing.
 */
export function whyDenied(thrown: unknown, path: string, dataDir: string): string | null {
  const { code, errcode } = (thrown ?? {}) as { code?: string; errcode?: number };
  if (code === 'EROFS') return `the disk is read-only: mount it for writing, ${OR_ELSEWHERE}`;
  const isDenied = code === 'EACCES' || code === 'EPERM' || DENIED_BY_SQLITE.includes((errcode ?? 0) & 0xff);
  return isDenied ? adviceTo(process.geteuid?.() ?? null, existing(path), dataDir) : null;
}

/** `me`: whom the process runs as; null: the system has no user ids. */
function adviceTo(me: number | null, there: string, dataDir: string): string {
  if (me === null) return `let the user that runs Lector read and write ${there}, ${OR_ELSEWHERE}`;
  const { uid, gid, mode } = statSync(there);
  const rights = (mode & 0o777).toString(8).padStart(4, '0');
  const facts = `Lector runs as user id ${me} and may not write ${there}, which belongs to user id ${uid} (group ${gid}, mode ${rights})`;
  return `${facts}: \`${remedy(me, uid, dataDir)}\`, ${OR_ELSEWHERE}`;
}

/** Never one for a folder above the data folder: other programs live there. */
function remedy(me: number, owner: number, dataDir: string): string {
  if (!existsSync(dataDir)) return `mkdir -p ${dataDir} && chown ${me} ${dataDir}`;
  return owner === me ? `chmod -R u+rwX ${dataDir}` : `chown -R ${me} ${dataDir}`;
}

/** Of what is not there, or may not be looked at, the folder above. */
function existing(path: string): string {
  return existsSync(path) ? path : existing(dirname(path));
}
