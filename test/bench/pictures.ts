// Owns the bench of preparing pictures: `node test/bench/pictures.ts` prints what taking, OCR and a model cost before they begin, each with its bar.
import sharp from 'sharp';
import { readImage } from '../../workers/image.ts';
import { toModelPictures } from '../../workers/modelPicture.ts';
import { toOcrPicture } from '../../workers/ocrPicture.ts';
import { drawScreen } from '../fixtures/drawnText.ts';
import { animate, promisingPng } from '../fixtures/pictures.ts';
import { readRequestFor } from '../fixtures/readRequest.ts';
import { type Figure, isMet, percentile, toTable } from './figure.ts';

const ROUNDS = 15;
const WORDS = 'The meeting about the invoice of October begins on Friday at nine in the large room. ';
const MAX_SIDE = 1_568;
const maxImagePixels = 50_000_000;

/** Lines of text in letters of 14 px that fill a screen. */
function screenshot(width: number, height: number): Promise<Buffer> {
  const lines = Array.from({ length: Math.floor(height / 22) }, (_, index) => `${index} ${WORDS.repeat(4)}`);
  const extract = { left: 0, top: 0, width, height };
  const text = drawScreen(lines, { px: 14 });
  const roomy = sharp(text).extend({ bottom: height, right: width, background: '#f3f3f3' });
  return roomy.toBuffer().then((bytes) => sharp(bytes).extract(extract).png().toBuffer());
}

async function medianMs(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  await work();
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  return percentile(times, 0.5);
}

async function figure(name: string, bar: number | null, work: () => Promise<unknown>): Promise<Figure> {
  return { name, unit: 'ms', measured: await medianMs(work), bar };
}

const screen = await screenshot(1_920, 1_080);
const scrolled = await screenshot(1_080, 6_000);
const photo = await sharp(screen).resize(4_000, 3_000, { fit: 'fill' }).jpeg().toBuffer();
const bomb = promisingPng(30_000);
const animation = await animate(1_000);

const depict = (bytes: Buffer, recipe: 'plain' | 'enhanced') => () =>
  toModelPictures({ bytes, page: 1 }, { recipe, maxSide: MAX_SIDE, maxImagePixels });
const take = (bytes: Buffer) => () => readImage(bytes, readRequestFor('unused'));

const figures = [
  await figure('1080p screenshot for a model, plain', 60, depict(screen, 'plain')),
  await figure('1080p screenshot for a model, enhanced', null, depict(screen, 'enhanced')),
  await figure('scrolled screenshot 1080 × 6000 for a model, plain', null, depict(scrolled, 'plain')),
  await figure('1080p screenshot, taken and judged', 60, take(screen)),
  await figure('12-megapixel photo, taken and judged', null, take(photo)),
  await figure('1080p screenshot for OCR, doubled', null, () =>
    toOcrPicture({ bytes: screen, page: 1 }, { maxImagePixels }),
  ),
  await figure('PNG that promises 30,000², refused', 20, take(bomb)),
  await figure('animation of 1,000 frames, taken and judged', 20, take(animation)),
];
process.stdout.write(`${toTable(figures)}\n`);
if (!figures.every(isMet)) process.exitCode = 1;
