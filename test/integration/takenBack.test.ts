// What a redaction or a removal in the middle of an answer leaves: nothing of the document, and a bot that still works.
import { expect, onTestFinished, test } from 'vitest';
import { viewRoom } from '../../src/playground/conversation.ts';
import { createOpenAiDouble } from '../fixtures/openaiServer.ts';
import { writePdf } from '../fixtures/pdfWriter.ts';
import { createRig, type Rig } from './botRig.ts';

const note = {
  name: 'note.pdf',
  bytes: writePdf({ pages: [{ lines: ['The spare keys are with the neighbour on the left.'] }] }),
};

/** Holds back the requests of the bot to `endpoint`; `arrived` resolves with the first one. */
function holdBack({ playground, botId }: Rig, endpoint: string, fits: (path: string) => boolean = () => true) {
  const arrived = Promise.withResolvers<void>();
  const open = Promise.withResolvers<void>();
  const clear = playground.faults.on((request) => {
    if (request.endpoint !== endpoint || request.user !== botId || !fits(request.path)) return null;
    arrived.resolve();
    return { kind: 'delay', untilPromise: open.promise };
  });
  const letGo = () => {
    clear();
    open.resolve();
  };
  return { arrived: arrived.promise, letGo };
}
const retractions = (rig: Rig) =>
  rig.anna.timeline(rig.roomId).filter((event) => event.type === 'm.room.redaction' && event.sender === rig.botId);

test('an upload redacted while its answer is on the way loses the answer as soon as it is there', async () => {
  const rig = await createRig();
  const sending = holdBack(rig, 'send', (path) => path.includes('m.room.message'));
  const [upload = ''] = await rig.post([note]);
  await sending.arrived;
  const stored = () => rig.records.filter(({ message }) => message === 'sync stored').length;
  const storedBefore = stored();
  await rig.anna.redact(rig.roomId, upload);
  await expect.poll(stored).toBeGreaterThan(storedBefore);
  sending.letGo();
  const answer = await rig.anna.waitFor(rig.roomId, ({ content }) => String(content.body).includes('neighbour'));
  await rig.anna.waitFor(rig.roomId, ({ redacts }) => redacts === answer.event_id);
  expect(JSON.stringify(viewRoom(rig.anna.timeline(rig.roomId)))).not.toContain('neighbour');
  expect(retractions(rig)).toHaveLength(1);
});

test('an upload redacted while it waits in line leaves the spool at once, and nothing is said of it', async () => {
  const model = await createOpenAiDouble({ models: ['double-1'] });
  onTestFinished(() => model.close());
  const answered = Promise.withResolvers<void>();
  onTestFinished(() => answered.resolve());
  model.script(() => ({ kind: 'answer', text: 'The keys are with the neighbour (p. 1).', after: answered.promise }));
  const rig = await createRig({ LLM_BASE_URL: model.url, LLM_MODEL: 'double-1', MAX_CONCURRENT_WORKERS: '1' });
  const other = { name: 'other.pdf', bytes: writePdf({ pages: [{ lines: ['Another paper about the spare keys.'] }] }) };
  await rig.post([note]);
  await expect.poll(() => model.chats.length).toBe(1);
  const [waiting = ''] = await rig.post([other]);
  await expect.poll(() => rig.spool().length).toBe(2);

  await rig.anna.redact(rig.roomId, waiting);

  await expect.poll(() => rig.spool().length).toBe(1);
  const aboutIt = rig.anna
    .timeline(rig.roomId)
    .filter(({ sender, content }) => sender === rig.botId && JSON.stringify(content).includes('other.pdf'));
  expect(aboutIt).toEqual([]);
});

test('a bot that was removed and is invited again joins again and answers', async () => {
  const rig = await createRig();
  await rig.anna.kick(rig.roomId, rig.botId);
  await rig.anna.invite(rig.roomId, rig.botId);
  const isBack = ({ type, content, sender }: { type: string; content: object; sender: string }) =>
    type === 'm.room.member' && sender === rig.botId && 'membership' in content && content.membership === 'join';
  await expect.poll(() => rig.anna.timeline(rig.roomId).filter(isBack).length, { timeout: 10_000 }).toBe(2);
  const [message] = await rig.ended(await rig.post([note]));
  expect(JSON.stringify(message)).toContain('neighbour');
});
