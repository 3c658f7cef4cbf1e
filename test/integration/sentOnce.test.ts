// An answer whose receipt was lost and whose transaction id nobody knows any more: it stands in the room once all the same.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Reply } from '../../src/domain/reply.ts';
import { openLedger } from '../../src/ledger/ledger.ts';
import { SendBudget } from '../../src/matrix/budget.ts';
import { createClient } from '../../src/matrix/client.ts';
import { createOwnEvents } from '../../src/matrix/ownEvents.ts';
import { createSender, TRANSACTION_MEMORY_MS } from '../../src/matrix/sender.ts';
import { createTransport } from '../../src/matrix/transport.ts';
import type { SeenEvent } from '../../src/playground/member.ts';
import type { Playground } from '../../src/playground/playground.ts';
import { writePdf } from '../fixtures/pdfWriter.ts';
import { createRecordingLog } from '../fixtures/recordingLog.ts';
import { join as joinAs, openPlayground } from '../unit/playground/support.ts';
import { createRig } from './botRig.ts';

const BODY = 'the garden behind the house';
const isAnswer = ({ content }: SeenEvent) => String(content.body).includes(BODY);

/** The bot sends messages, and never hears that they arrived. */
const loseReceipts = (playground: Playground, botId: string) =>
  playground.faults.on(({ endpoint, path, user }) =>
    endpoint === 'send' && user === botId && path.includes('/m.room.message/') ? { kind: 'lostAnswer' } : null,
  );

test('after a new login, as another device, the answer is found in the room and not said again', async () => {
  const rig = await createRig();
  const hearAgain = loseReceipts(rig.playground, rig.botId);
  const bytes = writePdf({ pages: [{ lines: [`This letter is about ${BODY}.`] }] });
  const eventIds = await rig.post([{ name: 'letter.pdf', bytes }]);
  await rig.anna.waitFor(rig.roomId, isAnswer, { description: 'the answer' });
  await rig.app.stop();
  hearAgain();
  rmSync(join(rig.dataDir, 'session.json'));

  await rig.startBot();
  const [upload] = await rig.ended(eventIds);
  expect(upload?.replies.filter(({ body }) => body.includes(BODY))).toHaveLength(1);
  expect(rig.anna.timeline(rig.roomId).filter(isAnswer)).toHaveLength(1);
  expect(rig.playground.stats.count('login')).toBe(2);
});

test('after a time away in which the homeserver forgot the transaction id, the answer is found and not said again', async () => {
  const playground = await openPlayground();
  const bot = await joinAs(playground, 'lector');
  const anna = await joinAs(playground, 'anna');
  const roomId = await anna.createRoom({ invite: [bot.userId] });
  await bot.joinRoom(roomId);
  const { eventId } = await anna.sendText(roomId, 'an upload');
  const relation = { rel_type: 'm.thread', event_id: eventId, 'm.in_reply_to': { event_id: eventId } };
  const content = { msgtype: 'm.notice', body: BODY, 'm.relates_to': relation };
  const reply: Reply = {
    roomId,
    sourceEventId: eventId,
    part: 'answer',
    body: { kind: 'message', content },
    optional: false,
  };
  const ledger = openLedger(':memory:', Date.now);
  onTestFinished(() => ledger.close());
  ledger.replies.save(reply);

  const aLife = (clock: () => number, life: AbortController) => {
    const client = createClient(playground.url, bot.accessToken);
    return createSender({
      put: createTransport(client, bot.userId, life.signal).put,
      findSent: createOwnEvents(client, bot.userId, life.signal).findSent,
      loggedInAtMs: 0,
      replies: ledger.replies,
      budget: new SendBudget(clock),
      takeBack: () => undefined,
      answersToCome: () => 0,
      signal: life.signal,
      clock,
      log: createRecordingLog().log,
    });
  };
  const hearAgain = loseReceipts(playground, bot.userId);
  const first = new AbortController();
  const cutOff = aLife(Date.now, first).send(reply);
  const sent = await anna.waitFor(roomId, isAnswer, { description: 'the answer' });
  first.abort(new Error('killed'));
  await expect(cutOff).rejects.toThrow();
  hearAgain();
  playground.forgetTransactions();

  const later = () => Date.now() + TRANSACTION_MEMORY_MS + 1;
  expect(await aLife(later, new AbortController()).send(reply)).toBe(sent.event_id);
  await anna.sendText(roomId, 'the last word');
  await anna.waitFor(roomId, ({ content: said }) => said.body === 'the last word', { description: 'the last word' });
  expect(anna.timeline(roomId).filter(isAnswer)).toHaveLength(1);
});
