// Which uploads are answered together: pictures of one member in one place, and nothing else.
import { expect, test } from 'vitest';
import { belongTogether, type Job } from '../../../src/domain/job.ts';
import type { Upload } from '../../../src/domain/media.ts';
import { aJob, anUpload } from '../../fixtures/uploads.ts';

const waiting = (kind: 'pdf' | 'image', changes: Partial<Upload> = {}, more: Partial<Job> = {}) =>
  aJob({ upload: anUpload({ eventId: '$b', ...changes }), file: { path: '', bytes: 1, sha256: '', kind }, ...more });
const first = { ...waiting('image'), upload: anUpload({ eventId: '$a' }) };

test.each<[string, boolean, ReturnType<typeof waiting>]>([
  ['another picture of the same member', true, waiting('image')],
  ['a PDF', false, waiting('pdf')],
  ['a picture of another member', false, waiting('image', { sender: '@ben:here' })],
  ['a picture in another room', false, waiting('image', { roomId: '!other:here' })],
  ['a picture in a thread', false, waiting('image', { threadRootId: '$thread' })],
  ['a picture that is tried again by itself', false, waiting('image', {}, { priority: 'backlog' })],
  ['a picture that may have killed the process', false, waiting('image', {}, { isSuspect: true })],
])('with %s: %s', (_what, together, other) => {
  expect(belongTogether(first, other)).toBe(together);
});

test('two pictures in the same thread are, two in different ones are not', () => {
  const inThread = (threadRootId: string) => waiting('image', { threadRootId });
  expect(belongTogether(inThread('$one'), inThread('$one'))).toBe(true);
  expect(belongTogether(inThread('$one'), inThread('$two'))).toBe(false);
});
