// Owns a guess how tall the letters of a picture are, from the heights of its dark spots.
import type { GreyPicture } from './greyPicture.ts';

/** Smaller spots are dust and dots, larger ones frames and pictures. */
const MIN_SPOT_PX = 3;
const MAX_SPOT_PX = 120;
/** A word whose letters touch is still about as tall as a letter; a ruled line is not. */
const MAX_ASPECT = 12;
/** Fewer spots tell nothing. */
const MIN_SPOTS = 20;

/** A stretch of ink in one row, and the spot that it belongs to. */
type Stretch = { from: number; to: number; spot: Spot };
type Spot = { top: number; bottom: number; left: number; right: number; into: Spot | null };

/** Median height of the letters without ascenders and with, in pixels (8 for a font of 14 px, 11 for one of 20); null: too few to tell. */
export function textHeight(picture: GreyPicture): number | null {
  const heights = spots(picture, threshold(picture))
    .map(({ top, bottom, left, right }) => ({ height: bottom - top + 1, width: right - left + 1 }))
    .filter(({ height, width }) => height >= MIN_SPOT_PX && height <= MAX_SPOT_PX && width <= height * MAX_ASPECT)
    .filter(({ height, width }) => height <= width * MAX_ASPECT)
    .map(({ height }) => height)
    .sort((a, b) => a - b);
  return heights.length < MIN_SPOTS ? null : (heights[Math.floor(heights.length / 2)] as number);
}

/** Otsu's: the grey that parts ink and ground best (https://en.wikipedia.org/wiki/Otsu%27s_method). */
function threshold({ grey }: GreyPicture): number {
  const counts = new Float64Array(256);
  for (let index = 0; index < grey.length; index++) (counts[grey[index] as number] as number)++;
  const total = counts.reduce((sum, count, tone) => sum + tone * count, 0);
  let best = { between: -1, tone: 127 };
  let [below, sumBelow] = [0, 0];
  for (let tone = 0; tone < 255; tone++) {
    below += counts[tone] as number;
    sumBelow += tone * (counts[tone] as number);
    const above = grey.length - below;
    if (below === 0 || above === 0) continue;
    const between = below * above * (sumBelow / below - (total - sumBelow) / above) ** 2;
    if (between > best.between) best = { between, tone };
  }
  return best.tone;
}

/** Connected spots of pixels not lighter than `lightest`, found row by row. */
function spots(picture: GreyPicture, lightest: number): Spot[] {
  const found: Spot[] = [];
  let above: Stretch[] = [];
  for (let y = 0; y < picture.height; y++) {
    const row: Stretch[] = [];
    let next = 0;
    for (const { from, to } of stretches(picture, y, lightest)) {
      let spot: Spot | null = null;
      while (next < above.length && (above[next] as Stretch).to < from - 1) next++;
      for (let index = next; index < above.length && (above[index] as Stretch).from <= to + 1; index++) {
        const other = rootOf((above[index] as Stretch).spot);
        spot = spot === null || spot === other ? other : join(spot, other);
      }
      if (spot === null) {
        spot = { top: y, bottom: y, left: from, right: to, into: null };
        found.push(spot);
      }
      spot.bottom = y;
      spot.left = Math.min(spot.left, from);
      spot.right = Math.max(spot.right, to);
      row.push({ from, to, spot });
    }
    above = row;
  }
  return found.filter(({ into }) => into === null);
}

function stretches({ grey, width }: GreyPicture, y: number, lightest: number): { from: number; to: number }[] {
  const found: { from: number; to: number }[] = [];
  const start = y * width;
  for (let x = 0; x < width; x++) {
    if ((grey[start + x] as number) > lightest) continue;
    const from = x;
    while (x + 1 < width && (grey[start + x + 1] as number) <= lightest) x++;
    found.push({ from, to: x });
  }
  return found;
}

function rootOf(spot: Spot): Spot {
  let root = spot;
  while (root.into) root = root.into;
  return root;
}

function join(one: Spot, other: Spot): Spot {
  other.into = one;
  one.top = Math.min(one.top, other.top);
  one.left = Math.min(one.left, other.left);
  one.right = Math.max(one.right, other.right);
  return one;
}
