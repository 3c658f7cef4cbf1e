// How a file is known: by its first bytes alone; and when a file that is no document deserves a word.
import { describe, expect, test } from 'vitest';
import { claimsToBeDocument, kindOf } from '../../../src/domain/media.ts';

describe('the kind of a file', () => {
  test.each([
    ['%PDF-1.7\n', 'pdf'],
    [`${' '.repeat(1_019)}%PDF-`, 'pdf'],
    [`${' '.repeat(1_020)}%PDF-`, null],
    ['\uFEFF%PDF-1.4', 'pdf'],
    ['%pdf-1.7', null],
    ['PK\u0003\u0004', null],
    ['<html>', null],
    ['', null],
  ])('of %o is %s', (head, kind) => {
    expect(kindOf(Buffer.from(head))).toBe(kind);
  });

  test('is read from its own bytes, not from those around them', () => {
    const around = Buffer.from('%PDF-1.7 and more');
    expect(kindOf(around.subarray(9))).toBeNull();
  });
});

test.each([
  [{ fileName: 'a.pdf', declaredMime: undefined }, true],
  [{ fileName: 'A.PDF', declaredMime: 'application/octet-stream' }, true],
  [{ fileName: 'scan', declaredMime: 'application/pdf' }, true],
  [{ fileName: 'a.pdf.zip', declaredMime: 'application/zip' }, false],
  [{ fileName: 'pdf', declaredMime: undefined }, false],
])('%o claims to be a document: %s', (upload, claims) => {
  expect(claimsToBeDocument(upload)).toBe(claims);
});
