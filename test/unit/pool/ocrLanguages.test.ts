// Where the trained data of a language are found.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findOcrLanguages } from '../../../src/pool/ocrLanguages.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lector-tessdata-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

test('a language that is installed is found in its package', () => {
  const { found, missing } = findOcrLanguages(['eng'], undefined);
  expect(found).toMatchObject([{ code: 'eng', path: expect.stringMatching(/eng\.traineddata\.gz$/) }]);
  expect(missing).toEqual([]);
});

test("the operator's folder comes first, packed or not, and packages fill up what it lacks", () => {
  for (const name of ['deu.traineddata', 'isl.traineddata.gz']) writeFileSync(join(folder, name), '');
  const { found } = findOcrLanguages(['isl', 'eng', 'deu'], folder);
  expect(found.map(({ code, path }) => [code, path.startsWith(folder)])).toEqual([
    ['isl', true],
    ['eng', false],
    ['deu', true],
  ]);
});

test('a language that is nowhere is named', () => {
  expect(findOcrLanguages(['eng', 'tlh'], folder)).toMatchObject({ found: [{ code: 'eng' }], missing: ['tlh'] });
});

test('a code that is none leads nowhere else', () => {
  expect(findOcrLanguages(['../eng', ''], folder)).toEqual({ found: [], missing: ['../eng', ''] });
});
