// What is taken for a ruled line and painted over, and what stays as writing.
import { describe, expect, test } from 'vitest';
import { eraseRuledLines } from '../../../workers/ruledLines.ts';

const [GROUND, INK] = [250, 20];

/** White paper of 200 × 200 with dark boxes: left, top, width, height. */
function paperWith(boxes: [number, number, number, number][]) {
  const [width, height] = [200, 200];
  const grey = new Uint8Array(width * height).fill(GROUND);
  for (const [left, top, w, h] of boxes) {
    for (let y = top; y < top + h; y++) grey.fill(INK, y * width + left, y * width + left + w);
  }
  return { grey, width, height };
}

function inkLeft(boxes: [number, number, number, number][]): number {
  const picture = paperWith(boxes);
  eraseRuledLines(picture);
  return picture.grey.filter((value) => value < 128).length;
}

describe('a ruled line', () => {
  test('goes, across and down, thin or as thick as in print', () => {
    expect(inkLeft([[10, 50, 180, 1]])).toBe(0);
    expect(inkLeft([[10, 50, 180, 4]])).toBe(0);
    expect(inkLeft([[50, 10, 2, 150]])).toBe(0);
  });

  test('goes as part of a grid', () => {
    expect(
      inkLeft([
        [10, 10, 180, 2],
        [10, 60, 180, 2],
        [10, 10, 2, 52],
        [188, 10, 2, 52],
        [90, 10, 2, 52],
      ]),
    ).toBe(0);
  });
});

describe('writing', () => {
  test('stays: dashes, stems of letters, heavy bars', () => {
    expect(inkLeft([[10, 10, 40, 3]])).toBe(120);
    expect(inkLeft([[10, 10, 4, 36]])).toBe(144);
    expect(inkLeft([[10, 10, 8, 80]])).toBe(640);
  });

  test('stays beside a line', () => {
    expect(
      inkLeft([
        [10, 100, 180, 2],
        [40, 80, 3, 15],
      ]),
    ).toBe(45);
  });
});

test('an empty page stays as it is', () => {
  const picture = paperWith([]);
  eraseRuledLines(picture);
  expect(picture.grey.every((value) => value === GROUND)).toBe(true);
});
