// What the recogniser gets to see of a picture: upright, dark letters on light ground, small ones enlarged.
import sharp, { type Sharp } from 'sharp';
import { afterAll, describe, expect, test } from 'vitest';
import type { GreyPicture } from '../../../workers/greyPicture.ts';
import { toOcrPicture } from '../../../workers/ocrPicture.ts';
import { drawScreen } from '../../fixtures/drawnText.ts';
import { drawPhoto, drawSheet, joinPictures } from '../../fixtures/pictures.ts';
import { createFileFolder } from '../../fixtures/readRequest.ts';

const LIMITS = { maxImagePixels: 50_000_000 };
const LINES = [
  'The meeting begins on Friday at nine',
  'Please bring the invoice of October',
  'Error 0x80070005: access denied',
];
const folder = createFileFolder();
afterAll(() => folder.remove());

const make = (bytes: Uint8Array): Promise<GreyPicture> => toOcrPicture({ bytes, page: 1 }, LIMITS);
const sizeOf = ({ width, height }: { width: number; height: number }): number[] => [width, height];

/** The tone that most of the picture has. */
function groundOf({ grey }: GreyPicture): number {
  return [...grey].sort((a, b) => a - b)[Math.floor(grey.length / 2)] ?? 0;
}
function darkestOf({ grey }: GreyPicture): number {
  return grey.reduce((darkest, tone) => Math.min(darkest, tone), 255);
}

/** A sheet whose upper left quarter is black. */
async function cornered(): Promise<Sharp> {
  const corner = await drawSheet({ width: 100, height: 50, tone: 0 });
  const sheet = await drawSheet({ width: 200, height: 100, tone: 200 });
  return sharp(
    await sharp(sheet)
      .composite([{ input: corner, left: 0, top: 0 }])
      .png()
      .toBuffer(),
  );
}
/** Tones in the middle of the four quarters: upper left, upper right, lower left, lower right. */
function quarters({ grey, width, height }: GreyPicture): (number | undefined)[] {
  const at = (x: number, y: number) => grey[Math.floor(y * height) * width + Math.floor(x * width)];
  return [at(0.25, 0.25), at(0.75, 0.25), at(0.25, 0.75), at(0.75, 0.75)];
}

describe('a picture for OCR', () => {
  test('has dark letters on light ground, also of a dark screen', async () => {
    const dark = await make(drawScreen(LINES, { theme: 'dark' }));
    expect(groundOf(dark)).toBeGreaterThan(200);
    expect(darkestOf(dark)).toBeLessThan(80);
    expect(groundOf(await make(drawScreen(LINES)))).toBe(243);
  });

  test('is white where the picture is transparent', async () => {
    const clear = sharp(drawScreen(LINES)).removeAlpha().ensureAlpha(0);
    expect(groundOf(await make(await clear.png().toBuffer()))).toBe(255);
  });

  test.each([
    [1, [0, 200, 200, 200]],
    [3, [200, 200, 200, 0]],
    [6, [200, 0, 200, 200]],
    [8, [200, 200, 0, 200]],
  ])('stands upright whatever way it was taken (EXIF %i)', async (orientation, tones) => {
    const picture = await cornered();
    expect(quarters(await make(await picture.png().withMetadata({ orientation }).toBuffer()))).toEqual(tones);
  });

  test.each([
    ['four inks', (picture: Sharp) => picture.toColourspace('cmyk').tiff()],
    ['sixteen bits', (picture: Sharp) => picture.toColourspace('rgb16').png()],
    ['sixteen bits of grey', (picture: Sharp) => picture.greyscale().toColourspace('grey16').png()],
    ['two colours', (picture: Sharp) => picture.threshold(150).png({ colours: 2 })],
  ])('keeps light and dark of %s', async (_what, change) => {
    const tones = quarters(await make(await change(await cornered()).toBuffer()));
    expect(tones[0]).toBeLessThan(40);
    for (const tone of tones.slice(1)) expect(tone).toBeGreaterThan(150);
  });
});

describe('the size of a picture for OCR', () => {
  test.each([
    [10, 2],
    [32, 1],
  ])('with letters of %i px is %i times its own', async (px, times) => {
    const screen = drawScreen(LINES, { px });
    const { width, height } = await sharp(screen).metadata();
    expect(sizeOf(await make(screen))).toEqual([width * times, height * times]);
  });

  test('grows the less the larger its letters are, so that those of all screens come out alike', async () => {
    const factors: number[] = [];
    for (const px of [13, 15, 17]) {
      const screen = drawScreen(LINES, { px });
      factors.push((await make(screen)).width / (await sharp(screen).metadata()).width);
    }
    expect(factors).toEqual([...factors].sort((one, other) => other - one));
    for (const factor of factors) {
      expect(factor).toBeGreaterThan(1.25);
      expect(factor).toBeLessThan(2);
    }
  });

  test('is doubled when there are too few letters to tell', async () => {
    const { width } = await sharp(drawScreen(['Saved'])).metadata();
    expect((await make(drawScreen(['Saved']))).width).toBe(2 * width);
  });

  test('of one with hardly a letter grows to eight megapixels at most', async () => {
    const empty = sharp({ create: { width: 1_500, height: 2_000, channels: 3, background: 'white' } });
    expect(sizeOf(await make(await empty.png().toBuffer()))).toEqual([2_449, 3_266]);
  });

  test('of a very long one stays within what the recogniser takes', async () => {
    const long = sharp({ create: { width: 60, height: 20_000, channels: 3, background: 'white' } });
    expect(sizeOf(await make(await long.png().toBuffer()))).toEqual([98, 32_766]);
  });

  test('is held down by the cap', async () => {
    const large = await drawSheet({ width: 4_000, height: 3_000 });
    expect(sizeOf(await make(large))).toEqual([4_000, 3_000]);
    const huge = sharp({ create: { width: 8_000, height: 6_000, channels: 3, background: 'white' } });
    expect(sizeOf(await make(await huge.png().toBuffer()))).toEqual([4_619, 3_464]);
  });
});

describe('what OCR can be asked for', () => {
  test('any page of a TIFF', async () => {
    const tiff = await joinPictures([await drawPhoto(), await drawSheet({ tone: 180 })], 'tiff');
    const page = await toOcrPicture({ path: folder.write('pages', tiff), page: 2 }, LIMITS);
    expect([groundOf(page), darkestOf(page)]).toEqual([180, 180]);
  });

  test.each([1, 3, 4] as const)('the pixels of a rendered page with %i bytes each', async (channels) => {
    const raw = new Uint8Array(300 * 200 * channels).fill(255);
    const page = await toOcrPicture({ raw, width: 300, height: 200, channels }, LIMITS);
    expect([...sizeOf(page), groundOf(page)]).toEqual([600, 400, 255]);
  });

  test('and not a picture over the limit, or one that is none', async () => {
    const sheet = await drawSheet({ width: 100, height: 100 });
    const small = toOcrPicture({ bytes: sheet, page: 1 }, { maxImagePixels: 9_999 });
    await expect(small).rejects.toThrow('exceeds pixel limit');
    await expect(make(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'))).rejects.toThrow('unsupported');
  });
});
