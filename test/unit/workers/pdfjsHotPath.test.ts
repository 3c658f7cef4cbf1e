// The change to pdf.js must find its place, or reading is a third slower without anybody noticing.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { withFasterTextLoop } from '../../../workers/pdfjsHotPath.ts';

test('the installed pdf.js has the place that is written faster', () => {
  const file = createRequire(import.meta.url).resolve('pdfjs-dist/legacy/build/pdf.worker.min.mjs');
  const source = readFileSync(file, 'utf8');
  const changed = withFasterTextLoop(source);
  expect(changed).not.toBe(source);
  expect(changed.length - source.length).toBeLessThan(600);
});

test('another source is left as it is', () => {
  expect(withFasterTextLoop('export const answer = 42;')).toBe('export const answer = 42;');
});
