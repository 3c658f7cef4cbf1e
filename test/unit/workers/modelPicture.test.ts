// What a model that sees is sent: a JPEG of a size that it takes, and a scrolled screenshot in parts that can still be read.
import sharp, { type Metadata } from 'sharp';
import { describe, expect, test } from 'vitest';
import type { ModelImage } from '../../../src/domain/model.ts';
import { type ModelPictureOptions, toModelPictures } from '../../../workers/modelPicture.ts';
import { drawSheet } from '../../fixtures/pictures.ts';

const OPTIONS: ModelPictureOptions = { recipe: 'plain', maxSide: 400, maxImagePixels: 50_000_000 };
const make = (bytes: Uint8Array, changes: Partial<ModelPictureOptions> = {}): Promise<ModelImage[]> =>
  toModelPictures({ bytes, page: 1 }, { ...OPTIONS, ...changes });
const metadata = (image: ModelImage | undefined): Promise<Metadata> => sharp(image?.bytes).metadata();

async function sizes(images: ModelImage[]): Promise<string[]> {
  const all = await Promise.all(images.map(metadata));
  return all.map(({ width, height, format }) => `${format} ${width}×${height}`);
}

/** Colour of a pixel, near enough for a JPEG. */
async function colourAt(image: ModelImage | undefined, x: number, y: number): Promise<string> {
  const part = sharp(image?.bytes).extract({ left: x, top: y, width: 1, height: 1 });
  return [...(await part.raw().toBuffer())].map((value) => Math.round(value / 51) * 51).join(' ');
}

const sheet = (width: number, height: number): Promise<Buffer> => drawSheet({ width, height });

describe('a picture for a model', () => {
  test.each([
    [480, 270, 'jpeg 400×225'],
    [270, 480, 'jpeg 225×400'],
    [320, 240, 'jpeg 320×240'],
    [300, 20, 'jpeg 300×20'],
    [400, 50, 'jpeg 400×50'],
  ])('of %i × %i pixels is one %s', async (width, height, size) => {
    expect(await sizes(await make(await sheet(width, height)))).toEqual([size]);
  });

  test.each([
    [1_920, 1_080, 'jpeg 1200×675'],
    [1_000, 2_000, 'jpeg 400×800'],
    [640, 480, 'jpeg 640×480'],
  ])('of %i × %i pixels, enhanced, is one %s', async (width, height, size) => {
    expect(await sizes(await make(await sheet(width, height), { recipe: 'enhanced' }))).toEqual([size]);
  });

  test('has its contrast stretched and its edges sharpened when enhanced', async () => {
    const faint = await sharp(await sheet(200, 200))
      .composite([{ input: await drawSheet({ width: 100, height: 200, tone: 180 }), left: 0, top: 0 }])
      .blur(1)
      .png()
      .toBuffer();
    const range = async (images: ModelImage[]): Promise<number> => {
      const grey = (await sharp(images[0]?.bytes).stats()).channels[0];
      return (grey?.max ?? 0) - (grey?.min ?? 0);
    };
    expect(await range(await make(faint))).toBeLessThan(70);
    expect(await range(await make(faint, { recipe: 'enhanced' }))).toBeGreaterThan(240);
  });

  test('stands upright', async () => {
    const lying = await sharp(await sheet(400, 300))
      .jpeg()
      .withMetadata({ orientation: 6 })
      .toBuffer();
    const [image] = await make(lying);
    const { width, height, orientation } = await metadata(image);
    expect({ width, height, orientation }).toEqual({ width: 300, height: 400, orientation: undefined });
  });

  test('is white where it is transparent, and keeps its colours', async () => {
    const nothing = { r: 0, g: 0, b: 0, alpha: 0 };
    const clear = sharp({ create: { width: 100, height: 100, channels: 4, background: nothing } });
    const half = await sharp({ create: { width: 50, height: 100, channels: 3, background: '#cc0000' } })
      .png()
      .toBuffer();
    const [image] = await make(
      await clear
        .composite([{ input: half, left: 0, top: 0 }])
        .png()
        .toBuffer(),
    );
    expect(await colourAt(image, 80, 50)).toEqual('255 255 255');
    expect(await colourAt(image, 20, 50)).toEqual('204 0 0');
  });

  test('can be the pixels of a rendered page', async () => {
    const raw = { raw: new Uint8Array(200 * 300 * 4).fill(255), width: 200, height: 300, channels: 4 } as const;
    expect(await sizes(await toModelPictures(raw, OPTIONS))).toEqual(['jpeg 200×300']);
  });

  test('with more pixels than the limit is not decoded', async () => {
    await expect(make(await sheet(400, 300), { maxImagePixels: 119_999 })).rejects.toThrow('exceeds pixel limit');
  });
});

describe('a scrolled screenshot for a model', () => {
  /** Stripes of 25 pixels, each of its own grey, so that a part shows where it is from. */
  async function striped(width: number, height: number): Promise<Buffer> {
    const across = width > height;
    const grey = Uint8Array.from({ length: width * height }, (_, at) => {
      const along = across ? at % width : Math.floor(at / width);
      return 16 + 2 * Math.floor(along / 25);
    });
    return sharp(grey, { raw: { width, height, channels: 1 } })
      .png()
      .toBuffer();
  }

  test.each([
    [250, 1_000, Array(3).fill('jpeg 250×400')],
    [1_000, 125, Array(3).fill('jpeg 400×125')],
    [750, 2_250, Array(4).fill('jpeg 400×400')],
  ])('of %i × %i pixels comes in parts', async (width, height, parts) => {
    expect(await sizes(await make(await striped(width, height)))).toEqual(parts);
  });

  test.each([
    ['down', 200, 1_000],
    ['across', 1_000, 200],
  ])('has them in reading order, from end to end, each overlapping the next: %s', async (_way, width, height) => {
    const parts = await make(await striped(width, height));
    const ends = await Promise.all(
      parts.map(async ({ bytes }) => {
        const grey = await sharp(bytes).greyscale().raw().toBuffer();
        const at = (index: number): number => Math.round(((grey.at(index) ?? 0) - 16) / 2);
        return { first: at(0), last: at(-1) };
      }),
    );
    expect(ends).toEqual([
      { first: 0, last: 15 },
      { first: 12, last: 27 },
      { first: 24, last: 39 },
    ]);
  });

  test('that is longer than all parts together is shrunk to fit them', async () => {
    const parts = await make(await striped(225, 7_500));
    expect(parts).toHaveLength(6);
    expect(await metadata(parts[5])).toMatchObject({ width: 68, height: 400 });
  });

  test('comes in parts as well when enhanced', async () => {
    expect(await sizes(await make(await striped(700, 2_200), { recipe: 'enhanced' }))).toEqual(
      Array(3).fill('jpeg 700×800'),
    );
  });
});
