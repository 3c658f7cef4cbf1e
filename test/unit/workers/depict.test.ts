// What a reading thread gives when a model shall see a page: pictures of it, or why there are none.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, expect, test } from 'vitest';
import { type DepictRequest, depictRequestSchema, depictResultSchema } from '../../../src/domain/depict.ts';
import read from '../../../workers/read.ts';
import { drawPhoto, drawSheet, joinPictures, promisingPng } from '../../fixtures/pictures.ts';
import { createFileFolder } from '../../fixtures/readRequest.ts';

const folder = createFileFolder();
afterAll(() => folder.remove());

async function depicted(path: string, changes: Partial<DepictRequest> = {}) {
  const request = { path, page: 1, recipe: 'plain', maxSide: 1_000, maxImagePixels: 1_000_000, maxStreamBytes: 1e8 };
  const result = await read({ depict: depictRequestSchema.parse({ ...request, ...changes }) });
  return depictResultSchema.parse(result);
}
async function sizesOf(result: Awaited<ReturnType<typeof depicted>>): Promise<number[][]> {
  const images = result.ok ? result.images : [];
  return Promise.all(
    images.map(({ bytes }) =>
      sharp(bytes)
        .metadata()
        .then(({ width, height }) => [width, height]),
    ),
  );
}

test('a picture comes as one', async () => {
  expect(await sizesOf(await depicted(folder.write('photo', await drawPhoto())))).toEqual([[800, 600]]);
});

test('a page of a TIFF comes as that page', async () => {
  const pages = await joinPictures([await drawSheet({ tone: 255 }), await drawSheet({ tone: 0 })], 'tiff');
  const result = await depicted(folder.write('pages', pages), { page: 2 });
  const [image] = result.ok ? result.images : [];
  expect((await sharp(image?.bytes).stats()).channels[0]?.max).toBe(0);
});

test('a page of a PDF is painted', async () => {
  const pdf = readFileSync(join(import.meta.dirname, '../../../examples/brief.pdf'));
  const [[width, height] = []] = await sizesOf(await depicted(folder.write('brief', pdf)));
  expect(height).toBe(1_000);
  expect(width).toBeGreaterThan(700);
});

test.each([
  ['over the limit on pixels', promisingPng(2_000), 'too_large'],
  ['not there any more', null, 'file_not_found'],
  ['neither picture nor document', Buffer.from('hello'), 'not_a_document'],
  ['only the head of a picture', promisingPng(100).subarray(0, 30), 'unreadable'],
])('a file that is %s says so', async (name, bytes, code) => {
  const path = bytes === null ? join(folder.path, 'gone') : folder.write(name, bytes);
  expect(await depicted(path)).toMatchObject({ ok: false, code });
});
