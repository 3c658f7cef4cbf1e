// Owns the tests of the programmable faults, and of a homeserver that goes away and comes back.
import { expect, test } from 'vitest';
import type { Fault } from '../../../src/playground/faults.ts';
import type { Playground } from '../../../src/playground/playground.ts';
import { account, bodiesOf, createRoom, http, join, openPlayground, say, sync } from './support.ts';

const at = (playground: Playground, endpoint: string, fault: Fault) =>
  playground.faults.on((request) => (request.endpoint === endpoint ? fault : null));

async function room(playground: Playground) {
  const anna = await account(playground, 'anna');
  return { ...anna, roomId: await createRoom(playground, anna.token) };
}

test('a status fault answers in place of the endpoint, as JSON or as the HTML of a proxy', async () => {
  const playground = await openPlayground();
  const { token, roomId } = await room(playground);
  const headers = { 'Retry-After': '3' };
  at(playground, 'send', { kind: 'status', status: 503, headers, body: { errcode: 'M_UNKNOWN' } });
  at(playground, 'whoami', { kind: 'status', status: 502, html: '<h1>Bad Gateway</h1>' });
  const sent = await say(playground, token, roomId, 'hello');
  const whoami = await fetch(`${playground.url}/_matrix/client/v3/account/whoami`);
  expect([sent.status, sent.body, sent.headers.get('retry-after')]).toEqual([503, { errcode: 'M_UNKNOWN' }, '3']);
  expect([whoami.status, await whoami.text()]).toEqual([502, '<h1>Bad Gateway</h1>']);
  playground.faults.clear();
  expect(bodiesOf((await sync(playground, token)).rooms.join[roomId].timeline.events)).toEqual([]);
});

test('a rule sees who asks for what, and its fault ends when it is taken back', async () => {
  const playground = await openPlayground({ serverName: 'example.org' });
  const { token, roomId, userId } = await room(playground);
  const seen: object[] = [];
  const takeBack = playground.faults.on((request) => {
    seen.push(request);
    return { kind: 'status', status: 500 };
  });
  const faulty = await say(playground, token, roomId, 'hello', 't/1');
  takeBack();
  const path = `/_matrix/client/v3/rooms/${roomId}/send/m.room.message/t/1`;
  expect(faulty.status).toBe(500);
  expect(seen).toEqual([{ endpoint: 'send', method: 'PUT', path, query: new URLSearchParams(), user: userId }]);
  expect((await say(playground, token, roomId, 'hello')).status).toBe(200);
});

test('a sync is answered as if it had asked with an older token, or for fewer events', async () => {
  const playground = await openPlayground();
  const { token, roomId } = await room(playground);
  await say(playground, token, roomId, 'one', 't1');
  const { next_batch: since } = await sync(playground, token);
  for (const [text, id] of [
    ['two', 't2'],
    ['three', 't3'],
  ] as const)
    await say(playground, token, roomId, text, id);
  const { next_batch: later } = await sync(playground, token, `since=${since}`);
  const filter = JSON.stringify({ room: { timeline: { limit: 1 } } });
  at(playground, 'sync', { kind: 'otherQuery', query: { since, filter } });
  const { timeline } = (await sync(playground, token, `since=${later}`)).rooms.join[roomId];
  expect([bodiesOf(timeline.events), timeline.limited]).toEqual([['three'], true]);
});

test('with a lost answer the message is in the room though the sender never hears of it', async () => {
  const playground = await openPlayground();
  const { token, roomId } = await room(playground);
  at(playground, 'send', { kind: 'lostAnswer' });
  await expect(say(playground, token, roomId, 'hello', 'txn1')).rejects.toThrow('fetch failed');
  playground.faults.clear();
  await say(playground, token, roomId, 'hello', 'txn1');
  expect(bodiesOf((await sync(playground, token)).rooms.join[roomId].timeline.events)).toEqual(['hello']);
});

test('a delayed request is carried out when its promise settles', async () => {
  const playground = await openPlayground();
  const { token, roomId } = await room(playground);
  const { promise, resolve } = Promise.withResolvers<void>();
  at(playground, 'send', { kind: 'delay', untilPromise: promise });
  const sending = say(playground, token, roomId, 'hello');
  const before = await sync(playground, token);
  resolve();
  expect((await sending).status).toBe(200);
  expect(bodiesOf(before.rooms.join[roomId].timeline.events)).toEqual([]);
});

test('closing ends hanging requests and long polls at once', async () => {
  const playground = await openPlayground();
  const { token } = await room(playground);
  at(playground, 'whoami', { kind: 'hang' });
  const { next_batch: since } = await sync(playground, token);
  const hanging = Promise.allSettled([
    http(playground, 'v3/account/whoami', { token }),
    sync(playground, token, `since=${since}&timeout=60000`),
  ]);
  await expect.poll(() => playground.stats.count('whoami') + playground.stats.count('sync')).toBe(3);
  await playground.close();
  expect((await hanging).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});

test('a request that hangs ends when its client gives up', async () => {
  const playground = await openPlayground();
  const { token } = await room(playground);
  at(playground, 'whoami', { kind: 'hang' });
  const signal = AbortSignal.timeout(50);
  await expect(http(playground, 'v3/account/whoami', { token, signal })).rejects.toThrow('timeout');
});

async function posted(playground: Playground, bytes: Buffer) {
  const anna = await join(playground, 'anna');
  const media = (await anna.uploadMedia(bytes, 'application/pdf')).slice('mxc://'.length);
  const headers = { Authorization: `Bearer ${anna.accessToken}` };
  return (signal?: AbortSignal) =>
    fetch(`${playground.url}/_matrix/client/v1/media/download/${media}`, { headers, signal: signal ?? null });
}

test('a download that declares more than it sends breaks off; one that declares less comes cut', async () => {
  const playground = await openPlayground();
  const download = await posted(playground, Buffer.from('0123456789'));
  const takeBack = at(playground, 'download', { kind: 'declaredLength', bytes: 1000 });
  const more = await download();
  expect(more.headers.get('content-length')).toBe('1000');
  await expect(more.text()).rejects.toThrow('terminated');
  takeBack();
  at(playground, 'download', { kind: 'declaredLength', bytes: 4 });
  const less = await download();
  expect(less.headers.get('content-length')).toBe('4');
  expect(await less.text()).toBe('0123');
});

test('a download may come without a declared length', async () => {
  const playground = await openPlayground();
  const download = await posted(playground, Buffer.from('0123456789'));
  at(playground, 'download', { kind: 'declaredLength', bytes: null });
  const file = await download();
  expect(file.headers.get('content-length')).toBeNull();
  expect(await file.text()).toBe('0123456789');
});

test('a download that stalls gives its first bytes and then no more, until the client gives up', async () => {
  const playground = await openPlayground();
  const download = await posted(playground, Buffer.from('0123456789'));
  at(playground, 'download', { kind: 'stall', afterBytes: 4 });
  const giveUp = new AbortController();
  const reader = (await download(giveUp.signal)).body?.getReader();
  expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('0123');
  const more = reader?.read().then(
    () => 'more',
    () => 'given up',
  );
  giveUp.abort();
  expect(await more).toBe('given up');
});

test('a download that is cut gives its first bytes and then an error', async () => {
  const playground = await openPlayground();
  const download = await posted(playground, Buffer.from('0123456789'));
  at(playground, 'download', { kind: 'cut', afterBytes: 4 });
  await expect((await download()).text()).rejects.toThrow('terminated');
});

test('a homeserver that goes away and comes back has the same address and all that was there', async () => {
  const playground = await openPlayground();
  const { token, roomId } = await room(playground);
  await say(playground, token, roomId, 'before');
  await playground.stop();
  await expect(http(playground, 'versions')).rejects.toThrow('fetch failed');
  await playground.start();
  expect(bodiesOf((await sync(playground, token)).rooms.join[roomId].timeline.events)).toEqual(['before']);
});
