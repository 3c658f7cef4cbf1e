// What members read when a file cannot be read, and that the files beside it are answered all the same.
import { expect, test } from 'vitest';
import type { ViewedMessage } from '../../src/playground/conversation.ts';
import { emptyFile, htmlNamedPdf, passwordPdf, truncatedPdf } from '../fixtures/hostilePdfs.ts';
import { writePdf } from '../fixtures/pdfWriter.ts';
import { createRig, type Rig } from './botRig.ts';

const good = {
  name: 'good.pdf',
  bytes: writePdf({ pages: [{ lines: ['The bridge over the river was opened in May.'] }] }),
};

async function refusalOf(rig: Rig, name: string, bytes: Uint8Array): Promise<{ marks: string[]; body: string }> {
  const [bad, fine] = await rig.post([{ name, bytes }, good]);
  const [refused, answered] = (await rig.ended([bad as string, fine as string])) as [ViewedMessage, ViewedMessage];
  expect(answered.replies[0]?.body).toContain('bridge over the river');
  expect(refused.replies).toHaveLength(1);
  expect(rig.spool()).toEqual([]);
  const marks = refused.reactions.map(({ key }) => key).filter((key) => key !== '👀');
  return { marks, body: refused.replies[0]?.body ?? '' };
}

test.each([
  ['a file that is called a PDF and is none', htmlNamedPdf(), 'its content is neither'],
  ['an empty file', emptyFile(), 'the file is empty'],
  ['a PDF with a password', passwordPdf(), 'protected by a password'],
  ['a PDF that is cut off in its header', Buffer.from('%PDF-1.7\n'), 'damaged beyond reading'],
])('%s is refused with one clear sentence, and the next file is answered', async (_, bytes, sentence) => {
  const rig = await createRig();
  const { marks, body } = await refusalOf(rig, 'bad.pdf', bytes);
  expect(body).toContain(sentence);
  expect(marks).toEqual(['❌']);
});

test('a truncated PDF is read as far as it goes, and the answer says so', async () => {
  const rig = await createRig();
  const [eventId] = await rig.post([{ name: 'cut.pdf', bytes: truncatedPdf() }]);
  const [upload] = await rig.ended([eventId as string]);
  expect((upload as ViewedMessage).replies[0]?.body).toMatch(/damaged/);
});

test('an upload over the limit is refused before it is downloaded', async () => {
  const rig = await createRig({ MAX_FILE_MB: '1' });
  const { body } = await refusalOf(rig, 'big.pdf', Buffer.concat([good.bytes, Buffer.alloc(1_100_000)]));
  expect(body).toContain('larger than 1 MB');
  expect(rig.playground.stats.count('download')).toBe(1);
});

test('a download that is larger than declared is cut off at the limit', async () => {
  const rig = await createRig({ MAX_FILE_MB: '1' });
  const mxcUri = await rig.anna.uploadMedia(Buffer.concat([good.bytes, Buffer.alloc(3_000_000)]), 'application/pdf');
  const content = {
    msgtype: 'm.file',
    body: 'liar.pdf',
    url: mxcUri,
    info: { mimetype: 'application/pdf', size: 100 },
  };
  const { eventId } = await rig.anna.sendEvent(rig.roomId, 'm.room.message', content);
  const [upload] = await rig.ended([eventId]);
  expect((upload as ViewedMessage).replies[0]?.body).toContain('larger than 1 MB');
  expect(rig.spool()).toEqual([]);
});

test('a file that the homeserver no longer has is refused with a sentence', async () => {
  const rig = await createRig();
  const content = {
    msgtype: 'm.file',
    body: 'gone.pdf',
    url: 'mxc://playground/gone',
    info: { mimetype: 'application/pdf' },
  };
  const { eventId } = await rig.anna.sendEvent(rig.roomId, 'm.room.message', content);
  const [upload] = await rig.ended([eventId]);
  expect((upload as ViewedMessage).replies[0]?.body).toContain('no longer has this file');
});

test('a download that breaks off is tried again, and answered', async () => {
  const rig = await createRig();
  let broken = 0;
  rig.playground.faults.on(({ endpoint }) => {
    if (endpoint !== 'download' || broken >= 2) return null;
    broken += 1;
    return { kind: 'cut', afterBytes: 200 };
  });
  const [eventId] = await rig.post([good]);
  const [upload] = await rig.ended([eventId as string]);
  expect(broken).toBe(2);
  expect((upload as ViewedMessage).replies.map(({ body }) => body)).toEqual([
    expect.stringContaining('bridge over the river'),
  ]);
});

test('a file name of 5,000 letters and control characters is shown short and clean', async () => {
  const rig = await createRig();
  const { eventId } = await rig.anna.postFile(rig.roomId, {
    name: `${'x'.repeat(5_000)}\u202e\u0007\n.pdf`,
    bytes: good.bytes,
    mime: 'application/pdf',
  });
  const [upload] = await rig.ended([eventId]);
  const [head] = ((upload as ViewedMessage).replies[0]?.body ?? '').split('\n');
  expect(head).toMatch(/^x{100,120}….*\.pdf — PDF, 1 page/);
  expect(head).not.toMatch(/[\p{Cc}\p{Cf}]/u);
});

test('a file that is neither document nor picture is ignored without a word', async () => {
  const rig = await createRig();
  const { eventId } = await rig.anna.postFile(rig.roomId, {
    name: 'a.zip',
    bytes: Buffer.from('PK\u0003\u0004zip'),
    mime: 'application/zip',
  });
  const [later] = await rig.post([good]);
  await rig.ended([later as string]);
  const seen = rig.anna.timeline(rig.roomId).filter((event) => JSON.stringify(event.content).includes(eventId));
  expect(seen).toEqual([]);
  expect(rig.spool()).toEqual([]);
});
