// What downloads and uploads of files promise: whole or not at all, capped, hashed, nothing left behind, every failure typed.
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createClient } from '../../../src/matrix/client.ts';
import { createMedia, type Media, type MediaDeps } from '../../../src/matrix/media.ts';
import type { Fault } from '../../../src/playground/faults.ts';
import type { Playground } from '../../../src/playground/playground.ts';
import { anUpload } from '../../fixtures/uploads.ts';
import { account, openPlayground } from '../playground/support.ts';

const MAX_BYTES = 10_000;
const PDF = Buffer.from(`%PDF-1.7\n${'x'.repeat(3_000)}`);
const never = () => new AbortController().signal;

let playground: Playground;
let spoolDir: string;
let token: string;
beforeEach(async () => {
  playground = await openPlayground({ maxUploadBytes: 100_000 });
  ({ token } = await account(playground, 'lector'));
  spoolDir = mkdtempSync(join(tmpdir(), 'lector-media-'));
  onTestFinished(() => rmSync(spoolDir, { recursive: true }));
});

function media(changes: Partial<MediaDeps> = {}): Media {
  const client = createClient(playground.url, token);
  return createMedia({ client, spoolDir, maxBytes: MAX_BYTES, stallMs: 60_000, ...changes });
}
async function posted(bytes: Buffer): Promise<string> {
  const response = await fetch(`${playground.url}/_matrix/media/v3/upload`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}` },
    body: new Uint8Array(bytes),
  });
  return ((await response.json()) as { content_uri: string }).content_uri;
}
async function download(bytes: Buffer, upload = {}, changes: Partial<MediaDeps> = {}, signal = never()) {
  const mxcUri = await posted(bytes);
  return media(changes).download(anUpload({ mxcUri, declaredBytes: undefined, ...upload }), signal);
}
const onDownload = (fault: Fault) => playground.faults.on(({ endpoint }) => (endpoint === 'download' ? fault : null));
const spooled = () => readdirSync(spoolDir);

describe('a download', () => {
  test('lies in the spool as it was posted, readable by the bot alone', async () => {
    const file = await download(PDF);
    const sha256 = createHash('sha256').update(PDF).digest('hex');
    expect(file).toEqual({ path: file?.path, bytes: PDF.length, sha256, kind: 'pdf' });
    expect(readFileSync(file?.path ?? '')).toEqual(PDF);
    expect(statSync(file?.path ?? '').mode & 0o777).toBe(0o600);
  });

  test('of a second attempt is a file of its own: the first one goes in its own time', async () => {
    const [first, second] = [await download(PDF), await download(PDF)];
    expect(second?.path).not.toBe(first?.path);
    expect(spooled()).toHaveLength(2);
  });

  test('is told a PDF by its content, wherever in the first kilobyte that begins', async () => {
    const late = Buffer.concat([Buffer.alloc(1_000, ' '), PDF]);
    expect(await download(late, { fileName: 'scan.bin', declaredMime: undefined })).toMatchObject({ kind: 'pdf' });
  });

  test('is told a picture by its content, and lies whole in the spool', async () => {
    const head = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0]);
    for (const bytes of [head, Buffer.concat([head, Buffer.alloc(8_000, 1)])]) {
      const file = await download(bytes, { fileName: 'scan.pdf' });
      expect(file).toMatchObject({ kind: 'image', bytes: bytes.length });
      expect(readFileSync(file?.path ?? '')).toEqual(bytes);
    }
  });

  test('is given up after the head when that is of nothing we read', async () => {
    onDownload({ kind: 'stall', afterBytes: 6_000 });
    expect(await download(Buffer.alloc(9_000, 'x'))).toBeNull();
    expect(spooled()).toEqual([]);
  });

  test.each([
    ['long', Buffer.alloc(5_000, 'x')],
    ['shorter than what is looked at', Buffer.from('hello')],
  ])('of something else, %s, is none and leaves nothing', async (_what, bytes) => {
    expect(await download(bytes)).toBeNull();
    expect(spooled()).toEqual([]);
  });

  test('of a file that says it is too large is not even begun', async () => {
    await expect(download(PDF, { declaredBytes: MAX_BYTES + 1 })).rejects.toMatchObject({ code: 'too_large' });
    expect(playground.stats.count('download')).toBe(0);
  });

  test('of a large file that never claimed to be a document is none', async () => {
    const video = { fileName: 'party.mp4', declaredMime: 'video/mp4', declaredBytes: MAX_BYTES + 1 };
    expect(await download(PDF, video)).toBeNull();
  });

  test('ends when more comes than was declared and allowed', async () => {
    const large = Buffer.concat([PDF, Buffer.alloc(MAX_BYTES)]);
    await expect(download(large, { declaredBytes: 10 })).rejects.toMatchObject({ code: 'too_large' });
    expect(spooled()).toEqual([]);
  });

  test('without a declared length is capped, too', async () => {
    onDownload({ kind: 'declaredLength', bytes: null });
    await expect(download(Buffer.concat([PDF, Buffer.alloc(MAX_BYTES)]))).rejects.toMatchObject({ code: 'too_large' });
  });

  test('of exactly what is allowed goes through', async () => {
    const largest = Buffer.concat([PDF, Buffer.alloc(MAX_BYTES - PDF.length)]);
    expect(await download(largest)).toMatchObject({ bytes: MAX_BYTES });
  });
});

describe('a download that fails', () => {
  test.each<[string, Fault, object]>([
    ['is gone', { kind: 'status', status: 404, body: { errcode: 'M_NOT_FOUND' } }, { code: 'media_missing' }],
    [
      'is limited',
      { kind: 'status', status: 429, body: { errcode: 'M_LIMIT_EXCEEDED', retry_after_ms: 1_500 } },
      { code: 'homeserver_rate_limited', retryAfterMs: 1_500 },
    ],
    ['meets a proxy error', { kind: 'status', status: 502, html: '<html>' }, { code: 'homeserver_unavailable' }],
    ['is forbidden', { kind: 'status', status: 403, body: { errcode: 'M_FORBIDDEN' } }, { code: 'homeserver_refused' }],
    [
      'is sent elsewhere',
      { kind: 'status', status: 307, headers: { Location: 'https://example.org/' } },
      { code: 'media_unavailable' },
    ],
    ['is cut off', { kind: 'cut', afterBytes: 2_000 }, { code: 'media_unavailable' }],
    ['is shorter than it says', { kind: 'declaredLength', bytes: 9_000 }, { code: 'media_unavailable' }],
    ['gets no answer at all', { kind: 'lostAnswer' }, { code: 'homeserver_unavailable' }],
  ])('because it %s says so and leaves nothing', async (_why, fault, error) => {
    onDownload(fault);
    await expect(download(PDF)).rejects.toMatchObject(error);
    expect(spooled()).toEqual([]);
  });

  test.each<[string, Fault]>([
    ['before its first byte', { kind: 'hang' }],
    ['in the middle', { kind: 'stall', afterBytes: 2_000 }],
  ])('because it stalls %s is given up', async (_when, fault) => {
    onDownload(fault);
    await expect(download(PDF, {}, { stallMs: 50 })).rejects.toMatchObject({ code: 'media_unavailable' });
    expect(spooled()).toEqual([]);
  });

  test('because the homeserver is down is an outage', async () => {
    const mxcUri = await posted(PDF);
    await playground.stop();
    const failed = media().download(anUpload({ mxcUri }), never());
    await expect(failed).rejects.toMatchObject({ code: 'homeserver_unavailable' });
  });

  test('because the file is empty says so', async () => {
    await expect(download(Buffer.alloc(0))).rejects.toMatchObject({ code: 'empty_file' });
    expect(spooled()).toEqual([]);
  });

  test('because it is no longer wanted ends with that reason', async () => {
    const stopping = new AbortController();
    playground.faults.on(({ endpoint }) => {
      if (endpoint !== 'download') return null;
      stopping.abort(new Error('stopping'));
      return { kind: 'hang' };
    });
    await expect(download(PDF, {}, {}, stopping.signal)).rejects.toThrow('stopping');
    expect(spooled()).toEqual([]);
  });

  test('because the spool is gone says so', async () => {
    const failed = download(PDF, {}, { spoolDir: join(spoolDir, 'gone') });
    await expect(failed).rejects.toMatchObject({ code: 'media_unavailable' });
  });
});

test.each(['mxc://../abc', 'mxc://here/..', 'mxc://here/../../v3/logout', 'mxc://here', 'https://here/abc', ''])(
  'no request is made of an address that is none (%j), whoever put it into the ledger',
  async (mxcUri) => {
    const asked: string[] = [];
    playground.faults.on(({ path }) => {
      asked.push(path);
      return null;
    });
    const failed = media().download(anUpload({ mxcUri }), never());
    await expect(failed).rejects.toMatchObject({ code: 'media_missing' });
    expect(asked).toEqual([]);
  },
);

test('a download that the homeserver limits is told to the meter, and no other', async () => {
  let limited = 0;
  const meter = {
    homeserverLimited() {
      limited += 1;
    },
  };
  await download(PDF, {}, { meter });
  expect(limited).toBe(0);
  onDownload({ kind: 'status', status: 429, body: { errcode: 'M_LIMIT_EXCEEDED' } });
  await expect(download(PDF, {}, { meter })).rejects.toMatchObject({ code: 'homeserver_rate_limited' });
  expect(limited).toBe(1);
});

describe('a text that is put up', () => {
  test('can be downloaded as it was', async () => {
    const mxcUri = await media().uploadFile(
      { text: '# Grüße 🎉\n', name: 'a.md', mime: 'text/markdown; charset=utf-8' },
      never(),
    );
    const [server, id] = mxcUri.slice('mxc://'.length).split('/');
    const response = await fetch(`${playground.url}/_matrix/client/v1/media/download/${server}/${id}`, {
      headers: { Authorization: `Bearer ${token}` },
    });
    expect(await response.text()).toBe('# Grüße 🎉\n');
    expect(response.headers.get('content-type')).toBe('text/markdown; charset=utf-8');
  });

  test('and is too large for the homeserver is refused', async () => {
    const failed = media().uploadFile({ text: 'x'.repeat(100_001), name: 'a.md', mime: 'text/markdown' }, never());
    await expect(failed).rejects.toMatchObject({ code: 'homeserver_refused', cause: { status: 413 } });
  });
});
