// Owns the test that the SDK which the bot is built on finds a homeserver in the playground.
import { LogService, MatrixAuth, MatrixClient, MemoryStorageProvider, setRequestFn } from 'matrix-bot-sdk';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { join, openPlayground } from './support.ts';

type RequestOptions = {
  uri: string;
  method: string;
  qs: object | null;
  headers: Record<string, string>;
  body?: string;
};
type Callback = (error: Error | null, response?: { statusCode: number; body: string }, body?: string) => void;

async function overFetch({ uri, method, qs, headers, body }: RequestOptions, callback: Callback): Promise<void> {
  const url = new URL(uri);
  for (const [name, value] of Object.entries(qs ?? {})) url.searchParams.set(name, String(value));
  try {
    const response = await fetch(url, { method, headers, body: body ?? null });
    const text = await response.text();
    callback(null, { statusCode: response.status, body: text }, text);
  } catch (thrown) {
    callback(thrown as Error);
  }
}

const silence = () => {};

beforeAll(() => {
  setRequestFn(overFetch);
  LogService.setLogger({ info: silence, warn: silence, error: silence, debug: silence, trace: silence });
});

test('a bot on matrix-bot-sdk logs in, accepts an invite, hears a message and answers it', async () => {
  const playground = await openPlayground();
  playground.addUser('bot', 'secret');
  const anna = await join(playground, 'anna');
  const { accessToken } = await new MatrixAuth(playground.url).passwordLogin('bot', 'secret');
  const bot = new MatrixClient(playground.url, accessToken, new MemoryStorageProvider());
  onTestFinished(() => bot.stop());
  const failures: unknown[] = [];
  bot.on('room.invite', (roomId) => bot.joinRoom(roomId).catch((error) => failures.push(error)));
  bot.on('room.message', (roomId, event) => {
    if (event.content.body !== 'ping') return;
    const relation = { 'm.in_reply_to': { event_id: event.event_id } };
    const pong = { msgtype: 'm.notice', body: 'pong', 'm.relates_to': relation };
    bot.sendMessage(roomId, pong).catch((error) => failures.push(error));
  });
  await bot.start();
  const roomId = await anna.createRoom({ invite: ['@bot:playground'] });
  await anna.waitFor(roomId, (event) => event.state_key === '@bot:playground' && event.content.membership === 'join');
  const { eventId } = await anna.sendText(roomId, 'ping');
  const answer = await anna.waitFor(
    roomId,
    (event) => event.sender === '@bot:playground' && event.type === 'm.room.message',
  );
  expect(answer.content).toMatchObject({
    msgtype: 'm.notice',
    'm.relates_to': { 'm.in_reply_to': { event_id: eventId } },
  });
  expect(failures).toEqual([]);
});
