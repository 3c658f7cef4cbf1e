// What an upload is called by its sender: the difference between a sentence and silence for a file that cannot be read.
import { expect, test } from 'vitest';
import { claimedKind, claimsToBeDocument } from '../../../src/domain/media.ts';
import { anUpload } from '../../fixtures/uploads.ts';

test.each([
  [{ fileName: 'a.pdf', declaredMime: undefined }, 'pdf'],
  [{ fileName: 'A.PDF', declaredMime: 'application/octet-stream' }, 'pdf'],
  [{ fileName: 'scan', declaredMime: 'application/pdf' }, 'pdf'],
  [{ fileName: 'scan', declaredMime: 'Application/PDF' }, 'pdf'],
  [{ fileName: 'a.pdf.zip', declaredMime: 'application/zip' }, null],
  [{ fileName: 'pdf', declaredMime: undefined }, null],
  [{ fileName: 'shot', declaredMime: 'image/png' }, 'image'],
  [{ fileName: 'shot', declaredMime: undefined, isPicture: true }, 'image'],
  [{ fileName: 'film.mp4', declaredMime: 'video/mp4' }, null],
])('%o is called a %s', (changes, kind) => {
  const upload = anUpload(changes);
  expect({ kind: claimedKind(upload), isDocument: claimsToBeDocument(upload) }).toEqual({
    kind,
    isDocument: kind !== null,
  });
});
