// The same file posted again: read once, answered each time, and nobody learns what other rooms post.
import { expect, test } from 'vitest';
import { viewRoom } from '../../src/playground/conversation.ts';
import { writePdf } from '../fixtures/pdfWriter.ts';
import { createRig, type Rig } from './botRig.ts';

const bytes = writePdf({ pages: [{ lines: ['The boiler of the house was replaced in October for 9,400 crowns.'] }] });
const file = (name: string) => ({ name, bytes });

const timesRead = ({ records }: Rig) => records.filter(({ message }) => message === 'read').length;
const answerIn = (message: { replies: { body: string; redacted: boolean }[] } | undefined): string => {
  const standing = message?.replies.filter(({ redacted }) => !redacted) ?? [];
  expect(standing).toHaveLength(1);
  return standing[0]?.body ?? '';
};

test('in the same room is answered with the same words and told as read before', async () => {
  const rig = await createRig();
  const [first] = await rig.ended(await rig.post([file('boiler.pdf')]));
  expect(answerIn(first)).not.toContain('Read before');

  const [second] = await rig.ended(await rig.post([file('again.pdf')]));

  expect(answerIn(second)).toContain('again.pdf');
  expect(answerIn(second)).toContain('replaced in October for 9,400 crowns');
  expect(answerIn(second)).toContain('Read before in this room');
  expect(timesRead(rig)).toBe(1);
});

test('in another room looks like any other answer', async () => {
  const rig = await createRig();
  await rig.ended(await rig.post([file('boiler.pdf')]));
  const other = await rig.anna.createRoom({ invite: [rig.botId] });
  await rig.anna.waitFor(other, ({ sender, type }) => sender === rig.botId && type === 'm.room.message');
  const { eventId } = await rig.anna.postFile(other, { ...file('boiler.pdf'), mime: 'application/pdf' });
  await rig.anna.waitFor(other, ({ type, sender, content }) => {
    return type === 'm.reaction' && sender === rig.botId && JSON.stringify(content).includes('✅');
  });
  const answer = viewRoom(rig.anna.timeline(other)).find((message) => message.eventId === eventId);
  expect(answerIn(answer)).toContain('9,400 crowns');
  expect(answerIn(answer)).not.toContain('before');
  expect(timesRead(rig)).toBe(1);
});

test('six times at once is read once and answered six times', async () => {
  const rig = await createRig();
  const messages = await rig.ended(await rig.post(Array.from({ length: 6 }, (_, n) => file(`copy${n}.pdf`))));
  for (const [n, message] of messages.entries()) {
    expect(answerIn(message)).toContain(`copy${n}.pdf`);
    expect(answerIn(message)).toContain('9,400 crowns');
  }
  expect(timesRead(rig)).toBe(1);
});

test('after the first was redacted is read anew: nothing of it was kept', async () => {
  const rig = await createRig();
  const [first = ''] = await rig.post([file('boiler.pdf')]);
  await rig.ended([first]);
  await rig.anna.redact(rig.roomId, first);
  await rig.anna.waitFor(rig.roomId, ({ type, sender }) => type === 'm.room.redaction' && sender === rig.botId);
  const [second] = await rig.ended(await rig.post([file('boiler.pdf')]));
  expect(answerIn(second)).not.toContain('Read before');
  expect(timesRead(rig)).toBe(2);
});

test('with RESULT_CACHE_DAYS=0 is read each time', async () => {
  const rig = await createRig({ RESULT_CACHE_DAYS: '0' });
  await rig.ended(await rig.post([file('boiler.pdf')]));
  const [second] = await rig.ended(await rig.post([file('boiler.pdf')]));
  expect(answerIn(second)).not.toContain('Read before');
  expect(timesRead(rig)).toBe(2);
});
