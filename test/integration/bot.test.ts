// The whole way of an upload, on the playground: posted, read in threads, answered once in its thread.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ViewedMessage } from '../../src/playground/conversation.ts';
import { writePdf } from '../fixtures/pdfWriter.ts';
import { createRig } from './botRig.ts';

const harbour = (n: number) => ({
  name: `report-${n}.pdf`,
  bytes: writePdf({
    title: `Harbour report ${n}`,
    pages: [
      { lines: [`The harbour of town number ${n} was deepened to ${10 + n} metres in the year of the survey.`] },
      { lines: [`The council spent ${n} million crowns on the new pier and on the lighthouse of the bay.`] },
    ],
  }),
});

const answersOf = (upload: ViewedMessage) => upload.replies.filter((reply) => !reply.redacted);
const marksOf = (upload: ViewedMessage) => upload.reactions.map(({ key }) => key).filter((key) => key !== '👀');

test('a PDF is answered in its thread with its own words and the pages they stand on', async () => {
  const rig = await createRig();
  const [eventId] = await rig.post([harbour(7)]);
  const [upload] = await rig.ended([eventId as string]);
  const answers = answersOf(upload as ViewedMessage);
  expect(answers).toHaveLength(1);
  expect(answers[0]?.body).toContain('report-7.pdf — PDF, 2 pages');
  expect(answers[0]?.body).toContain('deepened to 17 metres');
  expect(answers[0]?.body).toMatch(/7 million crowns .*\(p\. 2\)/);
  expect(marksOf(upload as ViewedMessage)).toEqual(['✅']);
});

test('the answer is a notice in the thread that pings nobody', async () => {
  const rig = await createRig();
  const [eventId] = await rig.post([harbour(1)]);
  await rig.ended([eventId as string]);
  const [answer] = rig.anna.answersTo(eventId as string);
  expect(answer?.content).toMatchObject({
    msgtype: 'm.notice',
    'm.mentions': {},
    'm.relates_to': {
      rel_type: 'm.thread',
      event_id: eventId,
      is_falling_back: true,
      'm.in_reply_to': { event_id: eventId },
    },
  });
});

test('25 PDFs posted at once are all answered, each once and with its own content', async () => {
  const rig = await createRig();
  const eventIds = await rig.post(Array.from({ length: 25 }, (_, n) => harbour(n)));
  const uploads = await rig.ended(eventIds);
  const bodies = uploads.map((upload) => answersOf(upload).map(({ body }) => body));
  expect(bodies.every((each) => each.length === 1)).toBe(true);
  expect(bodies.map(([body], n) => body?.includes(`town number ${n} `))).toEqual(Array(25).fill(true));
  expect(rig.spool()).toEqual([]);
});

test('25 PDFs posted while the bot is down are all answered, once, after it starts', async () => {
  const rig = await createRig();
  await rig.app.stop();
  const eventIds = await rig.post(Array.from({ length: 25 }, (_, n) => harbour(n)));
  await rig.startBot();
  const uploads = await rig.ended(eventIds);
  expect(uploads.map((upload) => answersOf(upload).length)).toEqual(Array(25).fill(1));
});

test('uploads in a gap that the homeserver hides are found all the same', async () => {
  const rig = await createRig();
  await rig.app.stop();
  const eventIds = await rig.post(Array.from({ length: 120 }, (_, n) => harbour(n)));
  await rig.anna.redact(rig.roomId, '$nothing:playground');
  await rig.startBot();
  const uploads = await rig.ended(eventIds, 50_000);
  expect(uploads.map((upload) => answersOf(upload).length)).toEqual(Array(120).fill(1));
});

test('what was posted before the bot joined is none of its business', async () => {
  const rig = await createRig();
  const roomId = await rig.anna.createRoom({});
  const early = await rig.anna.postFile(roomId, { ...harbour(1), mime: 'application/pdf' });
  await rig.anna.invite(roomId, rig.botId);
  await rig.anna.waitFor(roomId, (event) => event.sender === rig.botId && event.type === 'm.room.message');
  const late = await rig.anna.postFile(roomId, { ...harbour(2), mime: 'application/pdf' });
  await rig.anna.waitFor(
    roomId,
    (event) => event.type === 'm.reaction' && JSON.stringify(event.content).includes('✅'),
  );
  expect(rig.anna.answersTo(late.eventId)).toHaveLength(1);
  expect(rig.anna.answersTo(early.eventId)).toEqual([]);
});

test('a lost data folder does not make the bot answer old uploads again', async () => {
  const rig = await createRig();
  const eventIds = await rig.post([harbour(1)]);
  await rig.ended(eventIds);
  await rig.app.stop();
  rmSync(join(rig.dataDir, 'lector.db'));
  await rig.startBot();
  const [later] = await rig.post([harbour(2)]);
  await rig.ended([later as string]);
  expect(rig.anna.answersTo(eventIds[0] as string)).toHaveLength(1);
});

test('BACKFILL_HOURS answers what was posted while there was no data folder', async () => {
  const rig = await createRig();
  await rig.app.stop();
  const eventIds = await rig.post([harbour(1), harbour(2)]);
  rmSync(join(rig.dataDir, 'lector.db'));
  await rig.startBot({ BACKFILL_HOURS: '1' });
  const uploads = await rig.ended(eventIds);
  expect(uploads.map((upload) => answersOf(upload).length)).toEqual([1, 1]);
});

test('a longer document comes with its whole text as a file in the thread', async () => {
  const rig = await createRig();
  const lines = Array.from(
    { length: 40 },
    (_, n) => `Line ${n} tells of the ferry that left the island at dawn and came back late.`,
  );
  const bytes = writePdf({ title: 'Ferry log', pages: [{ lines }, { lines }] });
  const [eventId] = await rig.post([{ name: 'ferry.pdf', bytes }]);
  const [upload] = await rig.ended([eventId as string]);
  const attached = (upload as ViewedMessage).replies.find((reply) => reply.file);
  expect(attached?.file).toMatchObject({ name: 'ferry.md', mime: 'text/markdown' });
  const event = rig.anna.timeline(rig.roomId).find((each) => each.content.filename === 'ferry.md');
  const text = (await rig.anna.downloadMedia(String(event?.content.url))).toString('utf8');
  expect(text).toContain('# Ferry log');
  expect(text).toContain('## Page 2');
  expect(text.match(/Line 39 tells of the ferry/g)).toHaveLength(2);
});
