// Owns the documents of strangers that the tests read: from a folder beside the checkout, which is not everywhere.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export type CorpusPaper = { name: string; bytes: Buffer; mime: string; pageCount: number; says: RegExp };

const FOLDER = join(import.meta.dirname, '../../../shared/corpus/pdf');
export const hasCorpus = existsSync(FOLDER);

/** Page counts as other programs tell them, and words that run through the document: no summary does without all of them. */
const KNOWN: [name: string, pageCount: number, says: RegExp][] = [
  ['tracemonkey.pdf', 14, /trac|type/i],
  ['TAMReview.pdf', 23, /technolog/i],
  ['issue918.pdf', 1, /ideolog|Havel|sign/i],
  ['bug1019475_1.pdf', 1, /source/i],
  ['bug1669099.pdf', 1, /Mitglied|CCC Salzburg/],
  ['160F-2019.pdf', 1, /salaire|impôt|assur/],
  ['XiaoBiaoSong.pdf', 1, /作战|战争|军/],
  ['issue16538.pdf', 1, /リスク|確率/],
  ['rotation.pdf', 2, /This is my first page with normal layout/],
  ['helloworld-bad.pdf', 1, /Hello, world!/],
  ['basicapi.pdf', 3, /Table Of Content/],
  ['annotation-choice-widget.pdf', 1, /Combo box/],
  ['openoffice.pdf', 1, /A Company Profile/],
];

/** The known ones; empty where the folder is not there. */
export function corpusPapers(): CorpusPaper[] {
  if (!hasCorpus) return [];
  return KNOWN.map(([name, pageCount, says]) => {
    return { name, pageCount, says, mime: 'application/pdf', bytes: readFileSync(join(FOLDER, name)) };
  });
}

export const corpusPath = (name: string) => join(FOLDER, name);
