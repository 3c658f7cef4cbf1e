// The pixels of a PDF page, and when there are none to be trusted.
import sharp from 'sharp';
import { afterAll, describe, expect, test } from 'vitest';
import { type PageToRender, renderPage } from '../../../workers/renderPage.ts';
import { drawScan } from '../../fixtures/drawnText.ts';
import { hugeMaskPdf, hugePicturePdf, nestedGroupsPdf, threadPagePdf } from '../../fixtures/hostilePdfs.ts';
import { type Jpeg, writePdf } from '../../fixtures/pdfWriter.ts';
import { createFileFolder } from '../../fixtures/readRequest.ts';

const folder = createFileFolder();
afterAll(() => folder.remove());

function rendered(bytes: Uint8Array, changed: Partial<PageToRender> = {}) {
  const path = folder.write('page.pdf', bytes);
  return renderPage({ path, page: 1, maxImagePixels: 50e6, maxStreamBytes: 32 * 1024 * 1024, ...changed });
}

/** No decoder takes it for a JPEG. */
function spoilt(picture: Jpeg): Jpeg {
  return { ...picture, jpeg: Buffer.alloc(picture.jpeg.length, 'spoilt') };
}

test('a page of A4 is painted with 200 dots an inch', async () => {
  expect(await rendered(writePdf({ pages: [{ lines: ['Hello'] }] }))).toMatchObject({ width: 1652, height: 2338 });
});

describe('a page is refused that', () => {
  test.each([
    ['is as thin as a thread', threadPagePdf],
    ['has groups in groups in groups', nestedGroupsPdf],
    ['has a picture of 900 megapixels', hugePicturePdf],
    ['has a mask of 100 megapixels', hugeMaskPdf],
  ])('%s', async (_what, make) => {
    await expect(rendered(make())).rejects.toThrow(RangeError);
  });

  test('has a picture with more pixels than the limit, whatever else is on it', async () => {
    const bytes = writePdf({ pages: [{ picture: await drawScan(['Hello']), lines: ['typed'] }] });
    await expect(rendered(bytes, { maxImagePixels: 1_000_000 })).rejects.toThrow(RangeError);
  });

  test('has a JPEG of more pixels than the PDF says', async () => {
    const white = sharp({ create: { width: 9_000, height: 9_000, channels: 3, background: 'white' } });
    const picture = { jpeg: await white.jpeg().toBuffer(), width: 100, height: 100 };
    await expect(rendered(writePdf({ pages: [{ picture }] }))).rejects.toThrow(RangeError);
  });

  test('is nothing but a picture that cannot be decoded', async () => {
    const bytes = writePdf({ pages: [{ picture: spoilt(await drawScan(['Hello'])) }] });
    await expect(rendered(bytes)).rejects.toThrow('cannot be decoded');
  });

  test('is not there', async () => {
    await expect(rendered(writePdf({ pages: [{}] }), { page: 2 })).rejects.toThrow(RangeError);
  });
});

test('a broken picture leaves what else stands on its page', async () => {
  const bytes = writePdf({ pages: [{ picture: spoilt(await drawScan(['Hello'])), lines: ['typed'] }] });
  expect(await rendered(bytes)).toMatchObject({ width: 1652 });
});

test('a picture of three times the resolution is painted as it is with one of the same', async () => {
  const greys = async (dpi: number): Promise<number[]> => {
    const { raw, width, height } = await rendered(
      writePdf({ pages: [{ picture: await drawScan(['Hello'], { dpi, points: 60 }) }] }),
    );
    const { data } = await sharp(raw, { raw: { width, height, channels: 4 } })
      .greyscale()
      .resize(100)
      .raw()
      .toBuffer({ resolveWithObject: true });
    return [...data];
  };
  const [fine, plain] = [await greys(600), await greys(200)];
  const apart = fine.map((grey, at) => Math.abs(grey - (plain[at] ?? 0)));
  expect(Math.max(...plain) - Math.min(...plain)).toBeGreaterThan(100);
  expect(Math.max(...apart)).toBeLessThan(20);
});

test('the page after a refused one is painted', async () => {
  const bytes = writePdf({ pages: [{ picture: await drawScan(['Hello']) }, { lines: ['typed'] }] });
  await expect(rendered(bytes, { maxImagePixels: 1_000_000 })).rejects.toThrow(RangeError);
  expect(await rendered(bytes, { maxImagePixels: 1_000_000, page: 2 })).toMatchObject({ width: 1652 });
});
