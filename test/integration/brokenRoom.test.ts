// A homeserver that fails at whatever is sent to one room: every other room is served as ever, and that one when it is mended.
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openLedger } from '../../src/ledger/ledger.ts';
import { viewRoom } from '../../src/playground/conversation.ts';
import { createOpenAiDouble } from '../fixtures/openaiServer.ts';
import { writePdf } from '../fixtures/pdfWriter.ts';
import { createRig, type Rig } from './botRig.ts';

const letter = (about: string) => ({
  name: `${about}.pdf`,
  bytes: writePdf({ pages: [{ lines: [`The ${about} was opened by the mayor on the second of May.`] }] }),
});

/** Another room with the bot in it. */
async function anotherRoom({ anna, botId }: Rig): Promise<string> {
  const roomId = await anna.createRoom({ invite: [botId] });
  await anna.waitFor(roomId, ({ sender, type }) => sender === botId && type === 'm.room.message');
  return roomId;
}

/** From now on the homeserver answers 500 to all that the bot sends to its first room; the function returned mends it. */
function breakRoom({ playground, botId, roomId }: Rig): () => void {
  return playground.faults.on(({ endpoint, user, path }) =>
    endpoint === 'send' && user === botId && path.includes(roomId) ? { kind: 'status', status: 500 } : null,
  );
}

function counts({ dataDir }: Rig) {
  const ledger = openLedger(join(dataDir, 'lector.db'), Date.now);
  try {
    return ledger.jobs.counts();
  } finally {
    ledger.close();
  }
}

/** What stands in answer to an upload. */
function repliesTo({ anna, roomId }: Rig, eventId: string): string[] {
  const message = viewRoom(anna.timeline(roomId)).find((each) => each.eventId === eventId);
  return (message?.replies ?? []).filter(({ redacted }) => !redacted).map(({ body }) => body);
}

test('thirty uploads there hold up no upload of another room, and are not read ahead without end', async () => {
  const rig = await createRig({ MAX_CONCURRENT_WORKERS: '2', QUEUE_MAX_SIZE: '4' });
  const other = await anotherRoom(rig);
  const mend = breakRoom(rig);
  const posted = await rig.post(Array.from({ length: 30 }, (_, n) => letter(`bridge ${n}`)));
  await vi.waitFor(() => expect(counts(rig).replying).toBeGreaterThanOrEqual(16), { timeout: 20_000, interval: 200 });
  await rig.anna.postFile(other, { ...letter('tunnel'), mime: 'application/pdf' });
  await rig.anna.waitFor(other, ({ content }) => String(content.body).includes('The tunnel was'));
  // Those that were in memory when the room was full: in line and with the two consumers.
  expect(counts(rig).replying).toBeLessThanOrEqual(16 + 4 + 2);
  mend();
  const uploads = await rig.ended(posted, 60_000);
  expect(uploads.map(({ eventId }) => repliesTo(rig, eventId).length)).toEqual(posted.map(() => 1));
}, 90_000);

test('long work there, whose notices cannot be sent, holds no consumer, and leaves no notice behind', async () => {
  const model = await createOpenAiDouble({ models: ['double-1'] });
  onTestFinished(() => model.close());
  const { promise: after, resolve: think } = Promise.withResolvers<void>();
  onTestFinished(() => think());
  model.script(() => ({ kind: 'answer', text: 'It was opened (p. 1).', after }));
  const rig = await createRig({ LLM_BASE_URL: model.url, LLM_MODEL: 'double-1', MAX_CONCURRENT_WORKERS: '2' });
  const other = await anotherRoom(rig);
  // A homeserver that has done what it fails to confirm: the notice stands, and nobody knows its id.
  let lost = 0;
  const stopLosing = rig.playground.faults.on(({ endpoint, user, path }) => {
    if (endpoint !== 'send' || user !== rig.botId || !path.includes('m.room.message') || lost === 2) return null;
    lost += 1;
    return { kind: 'lostAnswer' };
  });
  const posted = await rig.post([letter('bridge'), letter('ferry')]);
  await vi.waitFor(() => expect(lost).toBe(2), { timeout: 20_000 });
  stopLosing();
  const mend = breakRoom(rig);
  think();
  await rig.anna.postFile(other, { ...letter('tunnel'), mime: 'application/pdf' });
  await rig.anna.waitFor(other, ({ content }) => String(content.body).includes('It was opened'), { timeoutMs: 20_000 });
  mend();
  const uploads = await rig.ended(posted, 60_000);
  const standing = () => uploads.flatMap(({ eventId }) => repliesTo(rig, eventId));
  await expect
    .poll(() => standing().map((body) => /It was opened|⏳/.exec(body)?.[0]), { timeout: 20_000 })
    .toEqual(['It was opened', 'It was opened']);
}, 120_000);
