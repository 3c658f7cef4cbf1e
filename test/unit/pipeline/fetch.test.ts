// What the step from a claimed job to its file promises: documents are taken, other files ignored without a word.
import { beforeEach, describe, expect, test } from 'vitest';
import { AppError, type ErrorCode } from '../../../src/domain/errors.ts';
import type { SpooledFile } from '../../../src/domain/job.ts';
import type { JobRow } from '../../../src/domain/ledger.ts';
import type { Upload } from '../../../src/domain/media.ts';
import { type FetchPorts, fetchUpload } from '../../../src/pipeline/fetch.ts';
import { aJobRow, anUpload } from '../../fixtures/uploads.ts';

const FILE: SpooledFile = { path: '/spool/a', bytes: 1, sha256: '', kind: 'pdf' };
const named = anUpload();
const unnamed = anUpload({ fileName: 'scan', declaredMime: 'application/octet-stream' });
const HOUR = 3_600_000;

let did: string[];
beforeEach(() => {
  did = [];
});

function fetch(upload: Upload, downloaded: SpooledFile | null | ErrorCode, more: Partial<JobRow & FetchPorts> = {}) {
  const { outageSinceMs = null, errorCode = null, deaths = 0, quietAfter = null } = more;
  const row = aJobRow({ upload, outageSinceMs, errorCode, deaths, quietAfter });
  const ports: FetchPorts = {
    jobs: {
      cancel: () => did.push('cancelled'),
      setAside: () => did.push('set aside') > 0,
    },
    mode: more.mode ?? 'auto',
    removeFile: () => did.push('removed'),
    model: more.model ?? null,
    restoredAtMs: more.restoredAtMs ?? null,
    isSaidAnew: more.isSaidAnew ?? (() => false),
    takeOverAnswer: more.takeOverAnswer ?? (async () => 'none'),
    answersWithoutModel: more.answersWithoutModel ?? false,
    async download() {
      did.push('downloaded');
      if (typeof downloaded === 'string') throw new AppError(downloaded, '');
      return downloaded;
    },
    status: { taken: () => did.push('taken'), forget: () => did.push('forgotten') },
    clock: () => 100 * HOUR,
  };
  return fetchUpload(row, ports, new AbortController().signal);
}

describe('a file that is called a document', () => {
  test('is taken before it is there, so that its member sees it at once', async () => {
    expect(await fetch(named, FILE)).toEqual(FILE);
    expect(did).toEqual(['taken', 'downloaded']);
  });

  test('and is none is told so', async () => {
    await expect(fetch(named, null)).rejects.toMatchObject({ code: 'not_a_document' });
  });

  test.each<ErrorCode>(['too_large', 'empty_file', 'media_missing', 'homeserver_unavailable'])(
    'and fails with %s is told so',
    async (code) => {
      await expect(fetch(named, code)).rejects.toMatchObject({ code });
    },
  );
});

describe('a file that is not called a document', () => {
  test('but is one is taken once that is known', async () => {
    expect(await fetch(unnamed, FILE)).toEqual(FILE);
    expect(did).toEqual(['downloaded', 'taken']);
  });

  test.each<[string, null | ErrorCode]>([
    ['is none', null],
    ['is too large', 'too_large'],
    ['is empty', 'empty_file'],
    ['is gone', 'media_missing'],
  ])('and %s is ignored without a word', async (_why, downloaded) => {
    expect(await fetch(unnamed, downloaded)).toBeNull();
    expect(did).toEqual(['downloaded', 'cancelled', 'forgotten']);
  });

  test('is tried again while the homeserver is away', async () => {
    await expect(fetch(unnamed, 'homeserver_unavailable')).rejects.toMatchObject({ code: 'homeserver_unavailable' });
    expect(did).toEqual(['downloaded']);
  });
});

describe('a job that waits for the model', () => {
  const model = (ok: boolean): FetchPorts['model'] => ({
    check: async () => (ok ? { ok, detail: '' } : { ok, detail: 'refused', advice: '' }),
  });
  const waiting = { errorCode: 'model_unavailable' as const, outageSinceMs: 99 * HOUR };

  test('is not downloaded while the model is still away', async () => {
    await expect(fetch(named, FILE, { ...waiting, model: model(false) })).rejects.toMatchObject({
      code: 'model_unavailable',
      message: 'refused',
    });
    expect(did).toEqual([]);
  });

  test('is downloaded once the model is back', async () => {
    expect(await fetch(named, FILE, { ...waiting, model: model(true) })).toEqual(FILE);
  });

  test('is downloaded after 24 hours in any case, to be answered without a model', async () => {
    const long = { ...waiting, outageSinceMs: 76 * HOUR, model: model(false) };
    expect(await fetch(named, FILE, long)).toEqual(FILE);
  });

  test('for another reason does not ask the model', async () => {
    expect(await fetch(named, FILE, { errorCode: 'thread_crashed', model: model(false) })).toEqual(FILE);
  });
});

describe('a picture that was posted as a file', () => {
  const picture: SpooledFile = { ...FILE, kind: 'image' };

  test('is read in a room that wants all', async () => {
    expect(await fetch(unnamed, picture)).toEqual(picture);
  });

  test('is set aside without a word in a room that wants documents only', async () => {
    expect(await fetch(unnamed, picture, { mode: 'documents' })).toBeNull();
    expect(did).toEqual(['downloaded', 'set aside', 'removed', 'forgotten']);
  });

  test('is read there when somebody asked for it', async () => {
    expect(await fetch({ ...unnamed, isAsked: true }, picture, { mode: 'documents' })).toEqual(picture);
  });
});
