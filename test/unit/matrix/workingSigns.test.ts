// What members see of the bot's work besides its messages: that their upload was read, and that the bot is typing.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createWorkingSigns, type WorkingSigns } from '../../../src/matrix/workingSigns.ts';
import { createRecordingLog } from '../../fixtures/recordingLog.ts';

const ROOM = '!papers:here';
const upload = (eventId: string, roomId = ROOM) => ({ roomId, eventId });

let told: string[];
let refusing: boolean;
let signs: WorkingSigns;
beforeEach(() => {
  vi.useFakeTimers();
  told = [];
  refusing = false;
  const tell = async (what: string) => {
    told.push(what);
    if (refusing) throw new Error('the homeserver refuses');
  };
  const transport = {
    markRead: (roomId: string, eventId: string) => tell(`${roomId} read ${eventId}`),
    showTyping: (roomId: string, isTyping: boolean) => tell(`${roomId} ${isTyping ? 'types' : 'types no more'}`),
  };
  signs = createWorkingSigns(transport, createRecordingLog().log);
});
afterEach(() => {
  vi.useRealTimers();
});

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

test('an upload that is answered at once is marked as read, without a word of typing', async () => {
  signs.begin(upload('$a'));
  await pass(200);
  signs.end(upload('$a'));
  await pass(60_000);
  expect(told).toEqual([`${ROOM} read $a`]);
});

test('typing lasts until the last of a room is answered, with one request each', async () => {
  signs.begin(upload('$a'));
  signs.begin(upload('$b'));
  await pass(1_000);
  signs.end(upload('$a'));
  await pass(1_000);
  expect(told).toEqual([`${ROOM} read $b`, `${ROOM} types`]);
  signs.end(upload('$b'));
  await pass(60_000);
  expect(told.slice(2)).toEqual([`${ROOM} types no more`]);
});

test('an upload that begins while another is at work is marked as read, too', async () => {
  signs.begin(upload('$a'));
  await pass(1_000);
  signs.begin(upload('$b'));
  signs.end(upload('$a'));
  signs.end(upload('$b'));
  await pass(1_000);
  expect(told).toEqual([`${ROOM} read $a`, `${ROOM} types`, `${ROOM} types no more`, `${ROOM} read $b`]);
});

test('typing goes on while a long document is read: the homeserver forgets it after 30 s', async () => {
  signs.begin(upload('$a'));
  await pass(60_000);
  expect(told.filter((sign) => sign === `${ROOM} types`)).toHaveLength(3);
  signs.end(upload('$a'));
  await pass(60_000);
  expect(told.at(-1)).toBe(`${ROOM} types no more`);
});

test('rooms do not share their signs', async () => {
  signs.begin(upload('$a'));
  signs.begin(upload('$b', '!other:here'));
  await pass(1_000);
  signs.end(upload('$a'));
  await pass(1_000);
  expect(told.filter((sign) => sign.startsWith('!other'))).toEqual(['!other:here read $b', '!other:here types']);
});

test('a homeserver that refuses them is asked again for the next upload', async () => {
  refusing = true;
  signs.begin(upload('$a'));
  await pass(1_000);
  signs.end(upload('$a'));
  signs.begin(upload('$b'));
  await pass(1_000);
  expect(told).toContain(`${ROOM} read $b`);
});

test('nothing is shown any more after the end', async () => {
  signs.begin(upload('$a'));
  signs.stop();
  signs.begin(upload('$b'));
  signs.end(upload('$a'));
  await pass(60_000);
  expect(told).toEqual([]);
});
