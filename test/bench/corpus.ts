// Owns the documents of others that the benches read: a folder beside the checkout, or any other, named on the command line.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Document } from './benchRoom.ts';

export const CORPUS_FOLDER = join(import.meta.dirname, '../../../shared/corpus/pdf');

/** Every PDF of the folder. Throws when there is none: a bench over nothing would meet every bar. */
export function readCorpus(folder: string): Document[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.pdf'));
  if (names.length === 0) throw new Error(`no PDF in ${folder}`);
  return names.map((name) => ({ name, bytes: readFileSync(join(folder, name)) }));
}
