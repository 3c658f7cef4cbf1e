// The changes to pdf.js must find their places, or reading is slower, or one file ends the bot, without anybody noticing.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { CHANGES, withChanges } from '../../../workers/pdfjsChanges.ts';

const file = createRequire(import.meta.url).resolve('pdfjs-dist/legacy/build/pdf.worker.min.mjs');
const source = readFileSync(file, 'utf8');

test.each(CHANGES.map(({ from }) => [from]))('the installed pdf.js has the one place for %s', (from) => {
  expect(source.match(new RegExp(from, 'g'))).toHaveLength(1);
});

test('each change is made', () => {
  const changed = withChanges(source);
  for (const { to } of CHANGES) expect(changed).toContain(to.replace('$&', '').replaceAll(/\$\d/g, '').slice(-20));
});

test('another source is left as it is', () => {
  expect(withChanges('export const answer = 42;')).toBe('export const answer = 42;');
});
