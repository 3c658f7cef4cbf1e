// Owns the proof that a homeserver may go away at any time, or not be one yet: the bot waits, says so, and goes on.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, inject, onTestFinished, test } from 'vitest';
import { whileAway } from '../lab/outage.ts';
import { createSlowProxy } from '../lab/slowProxy.ts';
import { startBot } from './botProcess.ts';
import { expectAllAnswered, expectOneAnswer } from './expectAnswer.ts';
import { papers } from './paper.ts';
import { marked, post } from './posting.ts';
import { everythingIn } from './said.ts';
import { createBotAccount, createGuest, greeted, openScene, startBotOf } from './scene.ts';

test('the homeserver goes away while documents are read, and each is answered once when it is back', async () => {
  const proxy = await createSlowProxy({ targetUrl: inject('lab').llmUrl, delayMs: 1_000 });
  onTestFinished(proxy.close);
  const { account, bot, anna, roomId } = await openScene({ env: { LLM_BASE_URL: proxy.url } });

  const posted = await post(anna, roomId, papers(8));
  await proxy.received(2);
  await whileAway('synapse', async () => {
    await bot.waitForLog('send put off');
    await bot.waitForLog('sync failed; it is tried again');
  });
  await marked(anna, roomId, account.userId, posted);

  await bot.kill('SIGTERM');
  const events = await everythingIn(anna, roomId);
  for (const one of posted) expectOneAnswer(events, account.userId, one);
});

test('a bot that starts before its homeserver waits, says so, and works when it is there', async () => {
  const account = await createBotAccount();
  const anna = await createGuest('anna');

  const bot = await whileAway('synapse', async () => {
    const early = await startBotOf(account);
    const line = await early.waitForLog('the homeserver is away; waiting for it');
    expect(line).toMatchObject({ level: 'warn', homeserver: account.homeserverUrl });
    return early;
  });
  await bot.ready();
  const roomId = await anna.createRoom({ invite: [account.userId] });
  await greeted(anna, roomId, account.userId);
  const posted = await post(anna, roomId, papers(1));
  await marked(anna, roomId, account.userId, posted);

  await bot.kill('SIGTERM');
  expectAllAnswered(await everythingIn(anna, roomId), account.userId, posted);
});

test.each([
  { status: 200, saying: /answered no JSON but text\/html: is it a homeserver\?/ },
  { status: 502, saying: /502/ },
])('a web page with $status in the homeserver’s place is waited out', async ({ status, saying }) => {
  const server = createServer((_, response) => {
    response.writeHead(status, { 'content-type': 'text/html' }).end('<h1>Welcome</h1>');
  });
  server.listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const homeserverUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const bot = await startBot({ homeserverUrl, user: 'lector', password: 'of no use here' });

  const line = await bot.waitForLog('the homeserver is away; waiting for it');
  expect(line.reason).toMatch(saying);
  expect(await bot.kill('SIGTERM')).toEqual({ code: 0, signal: null });
});
