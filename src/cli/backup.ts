// Owns the command `backup`: a copy of the database, made while the bot works or rests.
import { existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Config } from '../../config/env.ts';
import { backUpLedger } from '../ledger/backup.ts';
import { dataDirAt } from '../ledger/dataDir.ts';
import { count } from '../pipeline/html.ts';

export type BackupDeps = {
  config: Pick<Config, 'storage'>;
  file: string;
  stdout: NodeJS.WritableStream;
  stderr: NodeJS.WritableStream;
};

const MIB = 1024 ** 2;

/** Writes the copy and says so in one line; 1, with the reason, if it cannot. Throws what `backUpLedger` throws on the way. */
export async function backup({ config, file, stdout, stderr }: BackupDeps): Promise<0 | 1> {
  const { path: dataDir, database } = dataDirAt(resolve(config.storage.dataDir));
  const target = resolve(file);
  const reason = whyNot(dataDir, database, target);
  if (reason !== null) {
    stderr.write(`${reason}\n`);
    return 1;
  }
  const { bytes, jobs } = await backUpLedger(database, target);
  stdout.write(`${target}: ${(bytes / MIB).toFixed(1)} MiB, ${count(jobs, 'upload')}\n`);
  return 0;
}

/** Null: nothing stands in the way. */
function whyNot(dataDir: string, database: string, target: string): string | null {
  if (!existsSync(database)) {
    return `There is no database in ${dataDir} yet: nothing to back up. Is DATA_DIR the one of the bot?`;
  }
  const folder = dirname(target);
  if (!existsSync(folder)) return `There is no folder ${folder}: create it first.`;
  if (!statSync(folder).isDirectory()) return `${folder} is no folder.`;
  if (!existsSync(target)) return null;
  return statSync(target).isDirectory()
    ? `${target} is a folder: name a file in it.`
    : `${target} is there already, and is not overwritten: name another file.`;
}
