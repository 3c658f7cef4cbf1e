// The changes to pdf.js must find their places, or reading is slower without anybody noticing.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { CHANGES, withFasterTextLoop } from '../../../workers/pdfjsHotPath.ts';

const file = createRequire(import.meta.url).resolve('pdfjs-dist/legacy/build/pdf.worker.min.mjs');
const source = readFileSync(file, 'utf8');

test.each(CHANGES.map(({ slow }) => [slow]))('the installed pdf.js has the one place for %s', (slow) => {
  expect(source.match(new RegExp(slow, 'g'))).toHaveLength(1);
});

test('after the changes the places are gone', () => {
  const changed = withFasterTextLoop(source);
  for (const { slow } of CHANGES) expect(changed).not.toMatch(slow);
});

test('another source is left as it is', () => {
  expect(withFasterTextLoop('export const answer = 42;')).toBe('export const answer = 42;');
});
