// Owns the tests of sending: once per transaction id, limits, redaction, what Synapse refuses.
import { expect, test } from 'vitest';
import type { Playground } from '../../../src/playground/playground.ts';
import { account, bodiesOf, createRoom, http, openPlayground, say, sync } from './support.ts';

async function room(playground: Playground) {
  const anna = await account(playground, 'anna');
  const roomId = await createRoom(playground, anna.token);
  const path = `v3/rooms/${encodeURIComponent(roomId)}`;
  let sent = 0;
  const put = (type: string, content: object) =>
    http(playground, `${path}/send/${type}/put${++sent}`, { method: 'PUT', token: anna.token, json: content });
  return { ...anna, roomId, path, put };
}

const message = (body: string, relation?: object) => ({
  msgtype: 'm.text',
  body,
  ...(relation && { 'm.relates_to': relation }),
});

test('the same transaction id makes one event, however often it is sent; another device makes its own', async () => {
  const playground = await openPlayground();
  const { token, roomId } = await room(playground);
  const login = { type: 'm.login.password', user: 'anna', password: 'pw' };
  const other = await http(playground, 'v3/login', { method: 'POST', json: login });
  const first = await say(playground, token, roomId, 'answer', 'txn1');
  const again = await say(playground, token, roomId, 'answer', 'txn1');
  const elsewhere = await say(playground, other.body.access_token, roomId, 'answer', 'txn1');
  expect(again.body.event_id).toBe(first.body.event_id);
  expect(elsewhere.body.event_id).not.toBe(first.body.event_id);
  const { timeline } = (await sync(playground, token)).rooms.join[roomId];
  expect(bodiesOf(timeline.events)).toEqual(['answer', 'answer']);
});

test('only the device that sent an event is told its transaction id', async () => {
  const playground = await openPlayground();
  const { token, roomId, path } = await room(playground);
  const login = { type: 'm.login.password', user: 'anna', password: 'pw' };
  const other = await http(playground, 'v3/login', { method: 'POST', json: login });
  const { event_id: eventId } = (await say(playground, token, roomId, 'hi', 'txn1')).body;
  const own = await http(playground, `${path}/event/${eventId}`, { token });
  const foreign = await http(playground, `${path}/event/${eventId}`, { token: other.body.access_token });
  expect(own.body.unsigned.transaction_id).toBe('txn1');
  expect(foreign.body.unsigned).not.toHaveProperty('transaction_id');
});

test('an event of more than 65,536 bytes is too large', async () => {
  const playground = await openPlayground();
  const { put } = await room(playground);
  const fits = await put('m.room.message', message('x'.repeat(64_800)));
  const over = await put('m.room.message', message('x'.repeat(65_536)));
  expect(fits.status).toBe(200);
  expect([over.status, over.body.errcode]).toEqual([413, 'M_TOO_LARGE']);
});

test('over the limit (a new room counts too) a send is put off with a time, but sending the same again is free', async () => {
  let nowMs = 1_000_000;
  const playground = await openPlayground({ sendLimit: { burst: 3, perSecond: 0.2 }, nowMs: () => nowMs });
  const { token, roomId } = await room(playground);
  await say(playground, token, roomId, 'one');
  await say(playground, token, roomId, 'two');
  const over = await say(playground, token, roomId, 'three');
  expect(over.status).toBe(429);
  expect(over.body).toMatchObject({ errcode: 'M_LIMIT_EXCEEDED', retry_after_ms: 5000 });
  expect(over.headers.get('retry-after')).toBe('5');
  expect((await say(playground, token, roomId, 'two')).status).toBe(200);
  nowMs += 5000;
  expect((await say(playground, token, roomId, 'three')).status).toBe(200);
});

test('a redaction takes the content away for everybody and says who did it', async () => {
  const playground = await openPlayground();
  const { token, roomId, path, userId } = await room(playground);
  const { event_id: eventId } = (await say(playground, token, roomId, 'secret')).body;
  const json = { reason: 'wrong room' };
  const redaction = await http(playground, `${path}/redact/${eventId}/r1`, { method: 'PUT', token, json });
  const again = await http(playground, `${path}/redact/${eventId}/r1`, { method: 'PUT', token, json });
  const after = await http(playground, `${path}/event/${eventId}`, { token });
  expect(again.body.event_id).toBe(redaction.body.event_id);
  expect(after.body.content).toEqual({});
  expect(after.body.unsigned.redacted_because).toMatchObject({
    sender: userId,
    redacts: eventId,
    content: { redacts: eventId, reason: 'wrong room' },
  });
});

test("a member may redact own events but nobody else's; the room's creator may redact all", async () => {
  const playground = await openPlayground();
  const anna = await room(playground);
  const bob = await account(playground, 'bob');
  const invite = { method: 'POST', token: anna.token, json: { user_id: bob.userId } };
  await http(playground, `${anna.path}/invite`, invite);
  await http(playground, `${anna.path}/join`, { method: 'POST', token: bob.token, json: {} });
  const annas = (await say(playground, anna.token, anna.roomId, 'from anna')).body.event_id;
  const bobs = (await say(playground, bob.token, anna.roomId, 'from bob')).body.event_id;
  const redact = (token: string, eventId: string) =>
    http(playground, `${anna.path}/redact/${eventId}/${token}`, { method: 'PUT', token, json: {} });
  expect((await redact(bob.token, annas)).body.errcode).toBe('M_FORBIDDEN');
  expect((await redact(anna.token, bobs)).status).toBe(200);
});

test('the same reaction twice is refused, until the first is redacted', async () => {
  const playground = await openPlayground();
  const { token, roomId, path, put } = await room(playground);
  const target = (await say(playground, token, roomId, 'file')).body.event_id;
  const eyes = { 'm.relates_to': { rel_type: 'm.annotation', event_id: target, key: '👀' } };
  const first = await put('m.reaction', eyes);
  const second = await put('m.reaction', eyes);
  expect([second.status, second.body.errcode]).toEqual([400, 'M_DUPLICATE_ANNOTATION']);
  await http(playground, `${path}/redact/${first.body.event_id}/r1`, { method: 'PUT', token, json: {} });
  expect((await put('m.reaction', eyes)).status).toBe(200);
});

test('a thread hangs on a plain event only, and relations on known events only', async () => {
  const playground = await openPlayground();
  const { token, roomId, put } = await room(playground);
  const root = (await say(playground, token, roomId, 'root')).body.event_id;
  const inThread = await put('m.room.message', message('in it', { rel_type: 'm.thread', event_id: root }));
  const nested = { rel_type: 'm.thread', event_id: inThread.body.event_id };
  const onThread = await put('m.room.message', message('too deep', nested));
  const onNothing = await put('m.room.message', message('?', { rel_type: 'm.thread', event_id: '$nothing' }));
  expect(inThread.status).toBe(200);
  expect(onThread.body.error).toBe('Cannot start threads from an event with a relation');
  expect(onNothing.body.error).toBe("Can't send relation to unknown event");
});

test.each([
  ['a fraction in it', { msgtype: 'm.text', body: 'x', seconds: 1.5 }],
  ['mentions of the wrong shape', { msgtype: 'm.text', body: 'x', 'm.mentions': { user_ids: '@bob:playground' } }],
])('a message with %s is refused as bad JSON', async (_what, content) => {
  const { put } = await room(await openPlayground());
  const answer = await put('m.room.message', content);
  expect([answer.status, answer.body.errcode]).toEqual([400, 'M_BAD_JSON']);
});

test('setting state that is already so makes no new event', async () => {
  const playground = await openPlayground();
  const { token, path } = await room(playground);
  const name = { method: 'PUT', token, json: { name: 'Docs' } };
  const first = await http(playground, `${path}/state/m.room.name/`, name);
  const again = await http(playground, `${path}/state/m.room.name/`, name);
  expect(again.body.event_id).toBe(first.body.event_id);
  expect((await http(playground, `${path}/state/m.room.name`, { token })).body).toEqual({ name: 'Docs' });
  const whole = await http(playground, `${path}/state/m.room.name?format=event`, { token });
  expect(whole.body).toMatchObject({ type: 'm.room.name', state_key: '', content: { name: 'Docs' } });
});

test('an event lists its relations by kind, newest first, page by page', async () => {
  const playground = await openPlayground();
  const { token, roomId, put } = await room(playground);
  const root = (await say(playground, token, roomId, 'root')).body.event_id;
  await put('m.reaction', { 'm.relates_to': { rel_type: 'm.annotation', event_id: root, key: '👀' } });
  for (const body of ['1', '2', '3']) {
    await put('m.room.message', message(body, { rel_type: 'm.thread', event_id: root }));
  }
  const path = `v1/rooms/${encodeURIComponent(roomId)}/relations/${encodeURIComponent(root)}`;
  const all = await http(playground, path, { token });
  const first = await http(playground, `${path}/m.thread?limit=2`, { token });
  const second = await http(playground, `${path}/m.thread?limit=2&from=${first.body.next_batch}`, { token });
  expect(all.body.chunk).toHaveLength(4);
  expect(bodiesOf(first.body.chunk)).toEqual(['3', '2']);
  expect(bodiesOf(second.body.chunk)).toEqual(['1']);
  expect(second.body).not.toHaveProperty('next_batch');
});

test('a transaction id that was forgotten makes a new event, and the old one goes on telling it', async () => {
  const playground = await openPlayground();
  const { token, roomId, path } = await room(playground);
  const first = (await say(playground, token, roomId, 'answer', 'txn1')).body.event_id;
  playground.forgetTransactions();
  const second = (await say(playground, token, roomId, 'answer', 'txn1')).body.event_id;
  expect(second).not.toBe(first);
  const old = await http(playground, `${path}/event/${first}`, { token });
  expect(old.body.unsigned.transaction_id).toBe('txn1');
});

test('an event that was redacted still tells who reacted, but not its edits', async () => {
  const playground = await openPlayground();
  const { token, roomId, path, put } = await room(playground);
  const id = (await say(playground, token, roomId, 'answer')).body.event_id;
  await put('m.room.message', message('* better', { rel_type: 'm.replace', event_id: id }));
  await put('m.reaction', { 'm.relates_to': { rel_type: 'm.annotation', event_id: id, key: '👀' } });
  await http(playground, `${path}/redact/${id}/r`, { method: 'PUT', token, json: {} });
  const relations = `v1/rooms/${encodeURIComponent(roomId)}/relations/${id}`;
  const types = (await http(playground, relations, { token })).body.chunk.map(({ type }: { type: string }) => type);
  expect(types).toEqual(['m.reaction']);
  expect((await http(playground, `${relations}/m.replace`, { token })).body.chunk).toEqual([]);
});

test('the context of an event is a place to page on from', async () => {
  const playground = await openPlayground();
  const { token, roomId, path } = await room(playground);
  await say(playground, token, roomId, 'before');
  const id = (await say(playground, token, roomId, 'here')).body.event_id;
  await say(playground, token, roomId, 'after');
  const { start, end, event } = (await http(playground, `${path}/context/${id}?limit=0`, { token })).body;
  expect(event.event_id).toBe(id);
  const onward = await http(playground, `${path}/messages?dir=f&from=${end}`, { token });
  expect(bodiesOf(onward.body.chunk)).toEqual(['after']);
  const back = await http(playground, `${path}/messages?dir=b&from=${start}&limit=1`, { token });
  expect(bodiesOf(back.body.chunk)).toEqual(['before']);
  expect((await http(playground, `${path}/context/$gone`, { token })).status).toBe(404);
});
