// What a picture file promises before anybody reads its text: it is known, weighed by its header, and not worth OCR when nothing shows.
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import type { ReadRequest, ReadResult } from '../../../src/domain/reading.ts';
import { readImage } from '../../../workers/image.ts';
import { drawScreen } from '../../fixtures/drawnText.ts';
import { animate, drawPhoto, drawSheet, joinPictures, promisingPng } from '../../fixtures/pictures.ts';
import { readRequestFor } from '../../fixtures/readRequest.ts';

const LINES = [
  'The meeting begins on Friday at nine',
  'Please bring the invoice of October',
  'Error 0x80070005: access denied',
];
const screen = drawScreen(LINES);

const read = (bytes: Uint8Array, limits: Partial<ReadRequest> = {}): Promise<ReadResult> =>
  readImage(bytes, readRequestFor('unused', limits));
const codeOf = async (bytes: Uint8Array, limits?: Partial<ReadRequest>): Promise<string> => {
  const result = await read(bytes, limits);
  return result.ok ? 'ok' : result.code;
};

describe('a picture that may hold text', () => {
  test('waits for OCR as one page without text', async () => {
    expect(await read(screen)).toEqual({
      ok: true,
      reading: {
        kind: 'image',
        pageCount: 1,
        pages: [{ page: 1, text: '', source: 'ocr' }],
        body: [],
        title: null,
        author: null,
        outline: [],
        language: null,
        extract: { summary: [], keyPoints: [] },
        notes: [],
        unread: [1],
        ocrConfidence: null,
      },
    });
  });

  test.each(['png', 'jpeg', 'webp', 'gif', 'avif', 'tiff'] as const)('is taken as %s', async (format) => {
    expect(await codeOf(await sharp(screen).toFormat(format).toBuffer())).toBe('ok');
  });

  test.each([
    ['four inks', sharp(screen).toColourspace('cmyk').jpeg()],
    ['sixteen bits', sharp(screen).toColourspace('rgb16').png()],
    ['grey with transparency', sharp(screen).greyscale().ensureAlpha(0.9).png()],
    [
      'two colours',
      sharp(screen).flatten().greyscale().toColourspace('b-w').tiff({ bitdepth: 1, compression: 'ccittfax4' }),
    ],
    ['lying on its side', sharp(screen).withMetadata({ orientation: 6 }).jpeg()],
  ])('is taken with %s', async (_what, picture) => {
    expect(await codeOf(await picture.toBuffer())).toBe('ok');
  });

  test('is taken when the end of its file is missing', async () => {
    const jpeg = await sharp(screen).jpeg().toBuffer();
    expect(await codeOf(jpeg.subarray(0, Math.round(jpeg.length * 0.7)))).toBe('ok');
  });

  test('is taken as a photo', async () => {
    expect(await codeOf(await drawPhoto())).toBe('ok');
  });

  test.each([
    ['light', '#f3f3f3', 'light'],
    ['dark', '#1e1e1e', 'dark'],
  ] as const)('is taken when it is one word on a large %s screen', async (_what, background, theme) => {
    const word = drawScreen(['Saved'], { px: 12, theme });
    const wide = sharp({ create: { width: 2_560, height: 1_440, channels: 3, background } });
    expect(
      await codeOf(
        await wide
          .composite([{ input: word, left: 900, top: 500 }])
          .png()
          .toBuffer(),
      ),
    ).toBe('ok');
  });
});

describe('a picture in which nothing can be read', () => {
  test.each([
    ['a single pixel', { width: 1, height: 1 }, 'picture_too_small'],
    ['a ruler', { width: 600, height: 4, noise: 60 }, 'picture_too_small'],
    ['an empty sheet', {}, 'picture_blank'],
    ['a black screen', { tone: 0 }, 'picture_blank'],
    ['an empty scan with its grain', { width: 1_240, height: 1_754, noise: 4 }, 'picture_blank'],
  ])('because it is %s is told so', async (_what, sheet, code) => {
    expect(await codeOf(await drawSheet(sheet))).toBe(code);
  });

  test('because it is wholly transparent is blank', async () => {
    expect(await codeOf(await sharp(screen).removeAlpha().ensureAlpha(0).png().toBuffer())).toBe('picture_blank');
  });

  test.each([
    [13, 1, 'ok'],
    [24, 2, 'ok'],
    [48, 3, 'ok'],
    [13, 4, 'picture_blurred'],
    [24, 5, 'picture_blurred'],
    [24, 12, 'picture_blurred'],
  ])('with letters of %i px blurred by %i: %s', async (px, sigma, code) => {
    const picture = sharp(drawScreen(LINES, { px })).blur(sigma);
    expect(await codeOf(await picture.clone().png().toBuffer())).toBe(code);
    expect(await codeOf(await picture.clone().jpeg({ quality: 85 }).toBuffer())).toBe(code);
  });
});

describe('a file that is no picture after all', () => {
  test.each([
    ['of letters', Buffer.from('hello'), 'not_a_document'],
    ['with the head of a PNG alone', screen.subarray(0, 30), 'unreadable'],
    ['with the head of a JPEG alone', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16]), 'unreadable'],
  ])('%s is told so', async (_what, bytes, code) => {
    expect(await codeOf(bytes)).toBe(code);
  });

  test('is unreadable when it ends before the first row', async () => {
    const jpeg = await sharp(screen).jpeg().toBuffer();
    const startOfScan = jpeg.indexOf(Buffer.from([0xff, 0xda]));
    expect(await codeOf(jpeg.subarray(0, startOfScan + 14))).toBe('unreadable');
  });

  test.each([
    ['SVG', '<svg xmlns="http://www.w3.org/2000/svg"><image href="http://192.0.2.1/a.png"/></svg>'],
    ['HEIC', '\0\0\0\u0018ftypheic\0\0\0\0mif1heic\0\0\0\u0008mdat'],
    ['bitmap of Windows', 'BM\0\0\0\0\0\0\0\0'],
  ])('is refused by name as %s', async (_what, text) => {
    expect(await codeOf(Buffer.from(text, 'latin1'))).toBe('picture_unsupported');
  });
});

describe('a picture made to fill the memory', () => {
  test('is refused by its header', async () => {
    const before = process.memoryUsage().rss;
    expect(await codeOf(promisingPng(30_000))).toBe('too_large');
    expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000);
  });

  test('is measured by the limit in force', async () => {
    const photo = await drawPhoto(800, 600);
    expect(await codeOf(photo, { maxImagePixels: 480_000 })).toBe('ok');
    expect(await codeOf(photo, { maxImagePixels: 479_999 })).toBe('too_large');
  });

  test('is an AVIF of more pixels than its decoder has memory for', async () => {
    const create = { width: 4_001, height: 4_000, channels: 3, background: 'white' } as const;
    expect(await codeOf(await sharp({ create }).avif({ effort: 0 }).toBuffer())).toBe('too_large');
  });

  test('by a thousand frames is read as its first', async () => {
    const result = await read(await animate(1_000));
    expect(result).toMatchObject({ ok: true, reading: { pageCount: 1, unread: [1] } });
  });
});

describe('a TIFF of several pages', () => {
  const blank = drawSheet();
  const full = drawPhoto();
  const tiff = async (...pages: Promise<Buffer>[]): Promise<Buffer> => joinPictures(await Promise.all(pages), 'tiff');

  test('has those read that are not blank', async () => {
    expect(await read(await tiff(full, blank, full))).toMatchObject({
      reading: {
        pageCount: 3,
        pages: [
          { page: 1, source: 'ocr' },
          { page: 2, source: 'blank' },
          { page: 3, source: 'ocr' },
        ],
        unread: [1, 3],
        notes: [],
      },
    });
  });

  test('is read up to the limit on pages, and says so', async () => {
    expect(await read(await tiff(full, full, full), { maxPages: 2 })).toMatchObject({
      reading: { pageCount: 3, unread: [1, 2], notes: [{ kind: 'page_limit', read: 2, of: 3 }] },
    });
  });

  test('is read as far as time allows, and says so', async () => {
    expect(await read(await tiff(full, full, full), { softTimeoutMs: 1 })).toMatchObject({
      reading: { unread: [1], notes: [{ kind: 'time_limit', read: 1, of: 3 }] },
    });
  });

  test('is blank when all of them are', async () => {
    expect(await codeOf(await tiff(blank, blank))).toBe('picture_blank');
  });
});
