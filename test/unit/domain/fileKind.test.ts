// How a file is known: by its first bytes alone.
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { HEAD_BYTES, kindOf, pictureFormatOf } from '../../../src/domain/fileKind.ts';

const box = (type: string, ...body: Buffer[]): Buffer => {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + Buffer.concat(body).length);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, ...body]);
};
const ftyp = (brand: string): Buffer => box('ftyp', Buffer.from(`${brand}\0\0\0\0${brand}`, 'latin1'));

describe('the kind of a file', () => {
  test.each([
    ['%PDF-1.7\n', 'pdf'],
    [`${' '.repeat(1_019)}%PDF-`, 'pdf'],
    [`${' '.repeat(1_020)}%PDF-`, null],
    ['\uFEFF%PDF-1.4', 'pdf'],
    ['%pdf-1.7', null],
    ['PK\u0003\u0004', null],
    ['<html>', null],
    ['hello', null],
    ['', null],
  ])('of %o is %s', async (head, kind) => {
    expect(await kindOf(Buffer.from(head))).toBe(kind);
  });

  test('is read from its own bytes, not from those around them', async () => {
    const around = Buffer.from('%PDF-1.7 and more');
    expect(await kindOf(around.subarray(9))).toBeNull();
  });
});

describe('a picture is known', () => {
  const noise = { type: 'gaussian', mean: 128, sigma: 60 } as const;
  const picture = sharp({ create: { width: 120, height: 90, channels: 3, background: 'white', noise } });
  test.each(['png', 'jpeg', 'webp', 'gif', 'avif', 'tiff'] as const)('as %s by its head', async (format) => {
    const bytes = await picture.clone().toFormat(format).toBuffer();
    expect(await pictureFormatOf(bytes.subarray(0, HEAD_BYTES))).toBe(format);
    expect(await kindOf(bytes)).toBe('image');
  });

  test.each([
    ['heif', ftyp('heic')],
    ['heif', ftyp('mif1')],
    ['avif', ftyp('avif')],
    ['bmp', Buffer.from('BM\0\0\0\0\0\0\0\0', 'latin1')],
    ['tiff', Buffer.from('MM\0+\0\b\0\0', 'latin1')],
    ['jxl', Buffer.from([0xff, 0x0a])],
  ])('as %s, though it may not be one that is read', async (format, head) => {
    expect(await pictureFormatOf(head)).toBe(format);
  });

  test('even when a colour profile fills the head', async () => {
    const bytes = await picture.clone().png().withIccProfile('p3').toBuffer();
    expect(await pictureFormatOf(bytes.subarray(0, 300))).toBe('png');
  });

  test.each([
    ['film', ftyp('isom')],
    ['icon', Buffer.from([0, 0, 1, 0, 1, 0, 16, 16, 0, 0, 1, 0, 32, 0])],
    ['layered', Buffer.from('8BPS\0\u0001\0\0', 'latin1')],
    ['zipped', Buffer.from('PK\u0003\u0004', 'latin1')],
  ])('and what is %s is none', async (_what, head) => {
    expect(await kindOf(head)).toBeNull();
  });
});

describe('an SVG is known by its first element', () => {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg"/>';
  test.each([
    svg,
    `\uFEFF${svg}`,
    `<?xml version="1.0"?>\n${svg}`,
    `<?xml version="1.0"?>\n<!-- made -- by > hand -->\n<!-- twice -->${svg}`,
    '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "svg11.dtd" [<!ENTITY a ">">]><svg>',
    '<svg:svg xmlns:svg="http://www.w3.org/2000/svg">',
    '\n\t<svg>',
  ])('%o', async (text) => {
    expect(await pictureFormatOf(Buffer.from(text))).toBe('svg');
  });

  test.each([
    '<!DOCTYPE html><html><body><svg></svg></body></html>',
    '<svgs>',
    'here is <svg>',
    '<!-- <svg> -->',
    '<?xml <svg>',
  ])('and not %o', async (text) => {
    expect(await kindOf(Buffer.from(text))).toBeNull();
  });
});
