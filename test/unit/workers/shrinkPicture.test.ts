// How a page's picture gets to about the size that it is painted in.
import { expect, test } from 'vitest';
import { type PdfPicture, shrinkPicture } from '../../../workers/shrinkPicture.ts';

const [BITS, RGB, RGBA] = [1, 2, 3];

function shrunk(picture: PdfPicture, pagePixels: number): PdfPicture {
  const copy = { ...picture };
  shrinkPicture(copy, pagePixels);
  return copy;
}

test('black and white become the greys between them, also where a row does not fill its bytes', () => {
  // 10 pixels a row: two black, two white, one of each by turns; then the odd ones.
  const row = [0b0011_0101, 0b1100_0000];
  const data = new Uint8Array([...row, ...row, ...row, ...row]);
  const { kind, width, height, data: rgb } = shrunk({ kind: BITS, width: 10, height: 4, data }, 10);
  expect([kind, width, height]).toEqual([RGB, 5, 2]);
  const grey = Array.from(rgb ?? []).filter((_, at) => at % 3 === 0);
  expect(grey.slice(0, 5)).toEqual([0, 255, 127, 127, 255]);
  expect(grey.slice(5)).toEqual(grey.slice(0, 5));
});

test('colours become their mean, each for itself', () => {
  const data = new Uint8Array([200, 0, 0, 100, 40, 0, 200, 0, 8, 100, 40, 0]);
  const { width, height, data: rgb } = shrunk({ kind: RGB, width: 2, height: 2, data }, 1);
  expect([width, height, ...(rgb ?? [])]).toEqual([1, 1, 150, 20, 2]);
});

test('a picture a few pixels short of twice the page is halved, too', () => {
  const data = new Uint8Array(199 * 199 * 3);
  expect(shrunk({ kind: RGB, width: 199, height: 199, data }, 10_000).width).toBe(99);
});

test('a broken file may have fewer bytes than its picture has pixels', () => {
  const { data } = shrunk({ kind: RGB, width: 4, height: 4, data: new Uint8Array([255, 255, 255]) }, 4);
  expect(Array.from(data ?? [])).toEqual([63, 63, 63, ...Array(9).fill(0)]);
});

test.each([
  ['less than twice as long and wide as the page', { kind: RGB, width: 3, height: 3, data: new Uint8Array(27) }, 4],
  ['transparent in part', { kind: RGBA, width: 4, height: 4, data: new Uint8Array(64) }, 1],
  ['a stencil', { width: 8, height: 8, data: new Uint8Array(8) }, 1],
  ['a line', { kind: RGB, width: 1, height: 100, data: new Uint8Array(300) }, 1],
  ['not there', { kind: RGB, width: 4, height: 4, data: null }, 1],
])('a picture stays as it is that is %s', (_what, picture: PdfPicture, pagePixels) => {
  expect(shrunk(picture, pagePixels)).toEqual(picture);
});
