// Owns the tests of media: up, down with a token only, too large, gone.
import { expect, test } from 'vitest';
import type { Playground } from '../../../src/playground/playground.ts';
import { account, http, join, openPlayground } from './support.ts';

const get = ({ url }: Playground, path: string, token?: string) =>
  fetch(`${url}/_matrix/${path}`, { headers: token === undefined ? {} : { Authorization: `Bearer ${token}` } });

test('a file comes down as it went up, with its type, its length and its name', async () => {
  const playground = await openPlayground();
  const anna = await join(playground, 'anna');
  const uri = await anna.uploadMedia(Buffer.from('%PDF-1.7 …'), 'application/pdf', 'Rechnung März.pdf');
  const file = await get(playground, `client/v1/media/download/${uri.slice('mxc://'.length)}`, anna.accessToken);
  expect(Buffer.from(await file.arrayBuffer()).toString()).toBe('%PDF-1.7 …');
  expect(file.headers.get('content-type')).toBe('application/pdf');
  expect(file.headers.get('content-length')).toBe('12');
  expect(decodeURIComponent(file.headers.get('content-disposition') ?? '')).toContain('Rechnung März.pdf');
});

test('without a token nothing comes down, nor by the old address', async () => {
  const playground = await openPlayground();
  const anna = await join(playground, 'anna');
  const uri = await anna.uploadMedia(Buffer.from('x'), 'text/plain');
  const media = uri.slice('mxc://'.length);
  expect((await get(playground, `client/v1/media/download/${media}`)).status).toBe(401);
  expect((await get(playground, `media/v3/download/${media}`, anna.accessToken)).status).toBe(404);
});

test('media that is not there, or lies on another homeserver, is not found', async () => {
  const playground = await openPlayground();
  const { token } = await account(playground, 'anna');
  for (const media of ['playground/nothing', 'elsewhere.org/nothing']) {
    const answer = await http(playground, `v1/media/download/${media}`, { token });
    expect([answer.status, answer.body.errcode]).toEqual([404, 'M_NOT_FOUND']);
  }
});

test('an upload over the limit is refused, and the limit can be asked for', async () => {
  const playground = await openPlayground({ maxUploadBytes: 10 });
  const anna = await join(playground, 'anna');
  const config = await http(playground, 'v1/media/config', { token: anna.accessToken });
  expect(config.body).toEqual({ 'm.upload.size': 10 });
  await expect(anna.uploadMedia(Buffer.alloc(11), 'text/plain')).rejects.toThrow('413 M_TOO_LARGE');
});
