// What is told and done about files whose end is missing.
import { describe, expect, test } from 'vitest';
import { isDamaged, withTrailer } from '../../../workers/repair.ts';
import { htmlNamedPdf, lyingPageCountPdf, passwordPdf, truncatedPdf } from '../../fixtures/hostilePdfs.ts';
import { writePdf } from '../../fixtures/pdfWriter.ts';

const whole = writePdf({ pages: [{ lines: ['A sound file.'] }] });

describe('a file is damaged', () => {
  test('when its end is missing', () => {
    expect(isDamaged(truncatedPdf())).toBe(true);
  });

  test('when its table is not where it says', () => {
    expect(isDamaged(lyingPageCountPdf())).toBe(true);
  });

  test('but not when it is whole, with or without bytes before the header', () => {
    expect(isDamaged(whole)).toBe(false);
    expect(isDamaged(Buffer.concat([Buffer.from('\r\n\r\n'), whole]))).toBe(false);
  });
});

describe('a missing trailer', () => {
  test('is put behind the file when its catalog is there', () => {
    const cut = truncatedPdf();
    const mended = Buffer.from(withTrailer(cut) ?? []);
    expect(mended.subarray(0, cut.length)).toEqual(cut);
    expect(mended.toString('latin1')).toMatch(/trailer\n<< \/Root 1 0 R >>\n$/);
  });

  test('cannot be made for an encrypted file, nor where there is no catalog', () => {
    expect(withTrailer(passwordPdf())).toBeNull();
    expect(withTrailer(htmlNamedPdf())).toBeNull();
  });
});
