// What is left of an upload after a redaction, after !lector forget and after the bot left: nothing, in the room and on disk.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createOpenAiDouble } from '../fixtures/openaiServer.ts';
import { writePdf } from '../fixtures/pdfWriter.ts';
import { createRig, type Rig } from './botRig.ts';

const SECRET = 'Zanzibarium';
const paper = {
  name: `${SECRET}.pdf`,
  bytes: writePdf({ pages: [{ lines: [`The recipe of ${SECRET} is known to the two sisters only.`] }] }),
};

/** The files of the data folder that hold the secret word. */
function filesWithSecret({ dataDir }: Rig): string[] {
  const names = readdirSync(dataDir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return names
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => readFileSync(path).includes(SECRET))
    .map((path) => path.slice(dataDir.length + 1));
}

const ownReactions = ({ anna, roomId, botId }: Rig, eventId: string) =>
  anna
    .timeline(roomId)
    .filter(({ type, sender, content }) => type === 'm.reaction' && sender === botId && mentions(content, eventId));
const mentions = (content: object, eventId: string) => JSON.stringify(content).includes(eventId);

test('a redaction takes back answer and reactions, and no file of the data folder holds a word of it', async () => {
  const rig = await createRig();
  const [eventId = ''] = await rig.post([paper]);
  const [upload] = await rig.ended([eventId]);
  expect(upload?.replies[0]?.body).toContain(SECRET);
  expect(filesWithSecret(rig)).not.toEqual([]);

  await rig.anna.redact(rig.roomId, eventId);

  const redacted = () =>
    rig.anna
      .timeline(rig.roomId)
      .filter(({ type, sender }) => type === 'm.room.redaction' && sender === rig.botId)
      .map(({ redacts }) => redacts);
  const said = [...ownReactions(rig, eventId).map(({ event_id: id }) => id), upload?.replies[0]?.eventId];
  expect(said).toHaveLength(3);
  await expect.poll(() => said.filter((id) => !redacted().includes(id))).toEqual([]);
  expect(redacted().toSorted()).toEqual(said.toSorted());
  await expect.poll(() => filesWithSecret(rig)).toEqual([]);
});

test('!lector forget by an admin leaves nothing of the room in the database, and by others nothing happens', async () => {
  const rig = await createRig();
  await rig.ended(await rig.post([paper]));
  await rig.anna.sendText(rig.roomId, '!lector forget');
  await rig.anna.waitFor(rig.roomId, FORGOTTEN);
  expect(filesWithSecret(rig)).toEqual([]);

  const [again] = await rig.ended(await rig.post([paper]));
  expect(again?.replies[0]?.body).toContain(SECRET);
  expect(again?.replies[0]?.body).not.toContain('Read before');
});

test('leaving a room wipes it', async () => {
  const rig = await createRig();
  await rig.ended(await rig.post([paper]));
  await rig.anna.kick(rig.roomId, rig.botId);
  await expect.poll(() => filesWithSecret(rig), { timeout: 10_000 }).toEqual([]);
});

/** An upload whose notice stands, since its model answers only when the test ends. */
async function atWork(): Promise<{ rig: Rig; upload: string; notice: string }> {
  const model = await createOpenAiDouble({ models: ['double-1'] });
  onTestFinished(() => model.close());
  const { promise: after, resolve } = Promise.withResolvers<void>();
  onTestFinished(() => resolve());
  model.script(() => ({ kind: 'answer', text: 'Nobody knows it (p. 1).', after }));
  const admins = '@anna:playground';
  const rig = await createRig({ LLM_BASE_URL: model.url, LLM_MODEL: 'double-1', MATRIX_ADMINS: admins });
  const [upload = ''] = await rig.post([paper]);
  const { event_id: notice } = await rig.anna.waitFor(rig.roomId, ({ content }) =>
    String(content.body).startsWith('⏳'),
  );
  return { rig, upload, notice };
}

const FORGOTTEN = ({ content }: { content: Record<string, unknown> }) => String(content.body).startsWith('Forgotten:');

test('!lector forget takes away the 👀 and the notice of work in hand', async () => {
  const { rig, upload, notice } = await atWork();
  const [seen] = ownReactions(rig, upload);
  expect(JSON.stringify(seen?.content)).toContain('👀');
  await rig.anna.sendText(rig.roomId, '!lector forget');
  await rig.anna.waitFor(rig.roomId, ({ redacts }) => redacts === notice);
  await rig.anna.waitFor(rig.roomId, ({ redacts }) => redacts === seen?.event_id);
  await rig.anna.waitFor(rig.roomId, FORGOTTEN);
  expect(filesWithSecret(rig)).toEqual([]);
});

test('!lector forget takes away the 👀 and the notice of what waits since before a restart', async () => {
  const { rig, upload, notice } = await atWork();
  const [seen] = ownReactions(rig, upload);
  expect(JSON.stringify(seen?.content)).toContain('👀');
  await rig.app.stop();
  await rig.anna.sendText(rig.roomId, '!lector forget');
  await rig.startBot();
  await rig.anna.waitFor(rig.roomId, ({ redacts }) => redacts === notice);
  await rig.anna.waitFor(rig.roomId, ({ redacts }) => redacts === seen?.event_id);
  await rig.anna.waitFor(rig.roomId, FORGOTTEN);
  expect(filesWithSecret(rig)).toEqual([]);
});

test('a bot that is removed while it is at work tries to redact nothing there', async () => {
  const { rig } = await atWork();
  await rig.anna.kick(rig.roomId, rig.botId);
  await expect.poll(() => filesWithSecret(rig), { timeout: 10_000 }).toEqual([]);
  await rig.app.stop();
  expect(rig.records.filter(({ level }) => level === 'error' || level === 'warn')).toEqual([]);
});
