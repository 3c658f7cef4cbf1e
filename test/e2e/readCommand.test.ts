// Owns the proof that `read --json` reads documents of strangers and prints nothing but JSON, a line for each file.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { corpusPapers, corpusPath, hasCorpus } from './corpusPapers.ts';
import { runLector } from './lectorProcess.ts';
import { paper } from './paper.ts';
import { temporaryFolder } from './temporaryFolder.ts';

type Line = { file: string; ok: boolean; pageCount: number; pages: { page: number; text: string }[]; code?: string };

async function readJson(files: string[]): Promise<{ code: number | null; lines: Line[] }> {
  const { code, stdout } = await runLector(['read', '--json', ...files]);
  return {
    code,
    lines: stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Line),
  };
}

test('every page comes with the sentences that stand on it', async () => {
  const { name, bytes, pages } = paper(4, 3);
  const path = join(await temporaryFolder(), name);
  await writeFile(path, bytes);

  const { code, lines } = await readJson([path]);

  expect(lines.map(({ file, ok, pageCount }) => ({ file, ok, pageCount }))).toEqual([
    { file: path, ok: true, pageCount: 3 },
  ]);
  expect(lines[0]?.pages.map(({ text }) => text.trim().split('\n'))).toEqual(pages);
  expect(code).toBe(0);
});

describe.skipIf(!hasCorpus)('documents of strangers', () => {
  test('are read whole, in the order given', async () => {
    const known = corpusPapers();

    const { code, lines } = await readJson(known.map(({ name }) => corpusPath(name)));

    expect(lines.map(({ file }) => file)).toEqual(known.map(({ name }) => corpusPath(name)));
    for (const [index, { name, pageCount, says }] of known.entries()) {
      const line = lines[index];
      expect(line?.pageCount, name).toBe(pageCount);
      expect(
        line?.pages.map(({ page }) => page),
        name,
      ).toEqual(Array.from({ length: pageCount }, (_, n) => n + 1));
      expect(line?.pages.map(({ text }) => text).join('\n'), name).toMatch(says);
    }
    expect(code).toBe(0);
  });

  test('one that needs a password is told by its code, and the others are read', async () => {
    const files = ['issue15893_reduced.pdf', 'issue918.pdf'].map(corpusPath);

    const { code, lines } = await readJson(files);

    expect(lines.map(({ ok, code }) => ({ ok, code }))).toEqual([
      { ok: false, code: 'password_needed' },
      { ok: true, code: undefined },
    ]);
    expect(code).toBe(1);
  });
});
