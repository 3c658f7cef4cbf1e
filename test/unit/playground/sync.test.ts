// Owns the tests of syncing: long polls, limited timelines, the gap, invites, leaving.
import { expect, test } from 'vitest';
import { account, bodiesOf, createRoom, http, numbers, openPlayground, say, sync } from './support.ts';

const withLimit = (limit: number) => `filter=${encodeURIComponent(JSON.stringify({ room: { timeline: { limit } } }))}`;

test('a long poll wakes with the message that comes, and with it alone', async () => {
  const playground = await openPlayground();
  const { token } = await account(playground, 'anna');
  const roomId = await createRoom(playground, token);
  const { next_batch: since } = await sync(playground, token);
  const polled = playground.stats.count('sync');
  const poll = sync(playground, token, `since=${since}&timeout=30000`);
  await expect.poll(() => playground.stats.count('sync')).toBe(polled + 1);
  await say(playground, token, roomId, 'hello');
  const { rooms } = await poll;
  expect(bodiesOf(rooms.join[roomId].timeline.events)).toEqual(['hello']);
  expect(rooms.join[roomId].timeline.limited).toBe(false);
});

test('a sync without news has no rooms in it and gives the same token again', async () => {
  const playground = await openPlayground();
  const { token } = await account(playground, 'anna');
  await createRoom(playground, token);
  const { next_batch: since } = await sync(playground, token);
  const quiet = await sync(playground, token, `since=${since}&timeout=0`);
  expect(quiet.next_batch).toBe(since);
  expect(quiet).not.toHaveProperty('rooms');
});

test('a timeline holds 10 events when nobody asks for more, and never more than 100', async () => {
  const playground = await openPlayground();
  const { token } = await account(playground, 'anna');
  const roomId = await createRoom(playground, token);
  const { next_batch: since } = await sync(playground, token);
  for (const body of numbers(1, 120)) await say(playground, token, roomId, body);
  const asItComes = await sync(playground, token, `since=${since}`);
  const asked = await sync(playground, token, `since=${since}&${withLimit(500)}`);
  expect(bodiesOf(asItComes.rooms.join[roomId].timeline.events)).toEqual(numbers(111, 120));
  expect(bodiesOf(asked.rooms.join[roomId].timeline.events)).toEqual(numbers(21, 120));
  expect(asItComes.rooms.join[roomId].timeline.limited).toBe(true);
});

test('paging from prev_batch back to the last token gives exactly the events that a limited timeline left out', async () => {
  const playground = await openPlayground();
  const { token } = await account(playground, 'anna');
  const roomId = await createRoom(playground, token);
  await say(playground, token, roomId, 'before');
  const { next_batch: since } = await sync(playground, token);
  for (const body of numbers(1, 40)) await say(playground, token, roomId, body);
  const { timeline } = (await sync(playground, token, `since=${since}`)).rooms.join[roomId];
  const query = `dir=b&from=${timeline.prev_batch}&to=${since}&limit=100`;
  const gap = await http(playground, `v3/rooms/${encodeURIComponent(roomId)}/messages?${query}`, { token });
  expect(bodiesOf(timeline.events)).toEqual(numbers(31, 40));
  expect(bodiesOf(gap.body.chunk)).toEqual(numbers(1, 30).reverse());
});

test('redactions of nothing hide a gap, as in Synapse 1.160: the timeline is short and calls itself whole', async () => {
  const playground = await openPlayground();
  const { token } = await account(playground, 'anna');
  const roomId = await createRoom(playground, token);
  const { next_batch: since } = await sync(playground, token);
  for (const body of numbers(1, 20)) await say(playground, token, roomId, body);
  const room = `v3/rooms/${encodeURIComponent(roomId)}`;
  for (const txn of ['r1', 'r2']) {
    const redaction = await http(playground, `${room}/redact/$nothing/${txn}`, { method: 'PUT', token, json: {} });
    expect(redaction.status).toBe(200);
  }
  const { timeline } = (await sync(playground, token, `since=${since}`)).rooms.join[roomId];
  const query = `dir=b&from=${timeline.prev_batch}&to=${since}&limit=100`;
  const gap = await http(playground, `${room}/messages?${query}`, { token });
  expect(bodiesOf(timeline.events)).toEqual(numbers(12, 20));
  expect(timeline.limited).toBe(false);
  expect(bodiesOf(gap.body.chunk)).toEqual(numbers(1, 11).reverse());
});

test('each event of a timeline tells what the reader was in the room then', async () => {
  const playground = await openPlayground();
  const anna = await account(playground, 'anna');
  const bob = await account(playground, 'bob');
  const roomId = await createRoom(playground, anna.token, { preset: 'public_chat' });
  await say(playground, anna.token, roomId, 'before');
  await http(playground, `v3/join/${encodeURIComponent(roomId)}`, { method: 'POST', token: bob.token, json: {} });
  await say(playground, anna.token, roomId, 'after');
  const { events } = (await sync(playground, bob.token)).rooms.join[roomId].timeline;
  const memberships = events.slice(-3).map((event: { unsigned: { membership: string } }) => event.unsigned.membership);
  expect(memberships).toEqual(['leave', 'join', 'join']);
});

test('state that changed inside the gap comes in the state section', async () => {
  const playground = await openPlayground();
  const { token } = await account(playground, 'anna');
  const roomId = await createRoom(playground, token, { name: 'Old' });
  const { next_batch: since } = await sync(playground, token);
  const path = `v3/rooms/${encodeURIComponent(roomId)}/state/m.room.name`;
  await http(playground, path, { method: 'PUT', token, json: { name: 'New' } });
  for (const body of numbers(1, 12)) await say(playground, token, roomId, body);
  const { state } = (await sync(playground, token, `since=${since}`)).rooms.join[roomId];
  expect(state.events).toHaveLength(1);
  expect(state.events[0]).toMatchObject({ type: 'm.room.name', content: { name: 'New' } });
});

test('a filter that was stored works by its id, also on types', async () => {
  const playground = await openPlayground();
  const { userId, token } = await account(playground, 'anna');
  const roomId = await createRoom(playground, token);
  for (const body of numbers(1, 5)) await say(playground, token, roomId, body);
  const json = { room: { timeline: { limit: 3, types: ['m.room.message'] } } };
  const stored = await http(playground, `v3/user/${userId}/filter`, { method: 'POST', token, json });
  const { rooms } = await sync(playground, token, `filter=${stored.body.filter_id}`);
  expect(bodiesOf(rooms.join[roomId].timeline.events)).toEqual(['3', '4', '5']);
});

test('an invite tells the encryption, the name, and who invites', async () => {
  const playground = await openPlayground();
  const anna = await account(playground, 'anna');
  const bob = await account(playground, 'bob');
  const encryption = { type: 'm.room.encryption', content: { algorithm: 'm.megolm.v1.aes-sha2' } };
  const wish = { name: 'Docs', invite: [bob.userId], initial_state: [encryption], is_direct: true };
  const roomId = await createRoom(playground, anna.token, wish);
  const { events } = (await sync(playground, bob.token)).rooms.invite[roomId].invite_state;
  const find = (type: string, key = '') =>
    events.find((event: { type: string; state_key: string }) => event.type === type && event.state_key === key);
  expect(find('m.room.encryption').content).toEqual({ algorithm: 'm.megolm.v1.aes-sha2' });
  expect(find('m.room.name').content).toEqual({ name: 'Docs' });
  expect(find('m.room.member', bob.userId)).toMatchObject({
    sender: anna.userId,
    content: { membership: 'invite', is_direct: true },
  });
});

test('a room just joined comes whole and limited, with what was said before the join', async () => {
  const playground = await openPlayground();
  const anna = await account(playground, 'anna');
  const bob = await account(playground, 'bob');
  const roomId = await createRoom(playground, anna.token, { invite: [bob.userId] });
  await say(playground, anna.token, roomId, 'before bob');
  const { next_batch: since } = await sync(playground, bob.token);
  await http(playground, `v3/join/${encodeURIComponent(roomId)}`, { method: 'POST', token: bob.token, json: {} });
  const room = (await sync(playground, bob.token, `since=${since}&${withLimit(100)}`)).rooms.join[roomId];
  expect(bodiesOf(room.timeline.events)).toEqual(['before bob']);
  expect(room.timeline.limited).toBe(true);
});

test('who is put out of a room gets it once more under leave, with the reason', async () => {
  const playground = await openPlayground();
  const anna = await account(playground, 'anna');
  const bob = await account(playground, 'bob');
  const roomId = await createRoom(playground, anna.token, { preset: 'public_chat' });
  const room = `v3/rooms/${encodeURIComponent(roomId)}`;
  await http(playground, `${room}/join`, { method: 'POST', token: bob.token, json: {} });
  const { next_batch: since } = await sync(playground, bob.token);
  const json = { user_id: bob.userId, reason: 'too loud' };
  await http(playground, `${room}/kick`, { method: 'POST', token: anna.token, json });
  const { rooms } = await sync(playground, bob.token, `since=${since}`);
  expect(rooms.leave[roomId].timeline.events.at(-1)).toMatchObject({
    sender: anna.userId,
    state_key: bob.userId,
    content: { membership: 'leave', reason: 'too loud' },
  });
  expect(rooms).not.toHaveProperty('join');
  const after = await say(playground, bob.token, roomId, 'let me in');
  expect([after.status, after.body.errcode]).toEqual([403, 'M_FORBIDDEN']);
});

test('typing and read receipts pass through a sync', async () => {
  const playground = await openPlayground();
  const { userId, token } = await account(playground, 'anna');
  const roomId = await createRoom(playground, token);
  const event = (await say(playground, token, roomId, 'hi')).body.event_id;
  const { next_batch: since } = await sync(playground, token);
  const room = `v3/rooms/${encodeURIComponent(roomId)}`;
  const json = { typing: true, timeout: 20_000 };
  await http(playground, `${room}/typing/${userId}`, { method: 'PUT', token, json });
  await http(playground, `${room}/receipt/m.read/${event}`, { method: 'POST', token, json: { thread_id: event } });
  const { ephemeral } = (await sync(playground, token, `since=${since}`)).rooms.join[roomId];
  expect(ephemeral.events).toEqual([
    { type: 'm.typing', content: { user_ids: [userId] } },
    {
      type: 'm.receipt',
      content: { [event]: { 'm.read': { [userId]: { ts: expect.any(Number), thread_id: event } } } },
    },
  ]);
});
