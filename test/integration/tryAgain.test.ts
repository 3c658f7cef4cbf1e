// An upload that failed is tried again when its member reacts with 🔁, or somebody says !lector retry; what was said of it goes.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openLedger } from '../../src/ledger/ledger.ts';
import { viewRoom } from '../../src/playground/conversation.ts';
import { createMember } from '../../src/playground/member.ts';
import { writePdf } from '../fixtures/pdfWriter.ts';
import { createRig, type Rig } from './botRig.ts';

const pdf = (name: string) => ({
  name: `${name}.pdf`,
  bytes: writePdf({ pages: [{ lines: [`The ${name} was opened by the mayor on the second of May.`] }] }),
});

/** Cuts every download until it is told to let go. */
function cutDownloads({ playground }: Rig): () => void {
  return playground.faults.on(({ endpoint }) => (endpoint === 'download' ? { kind: 'cut', afterBytes: 10 } : null));
}

/** Posts the files while downloads break off, until all have failed. */
async function failed(rig: Rig, names: string[]): Promise<string[]> {
  const mend = cutDownloads(rig);
  const posted = await rig.post(names.map(pdf));
  for (const message of await rig.ended(posted)) {
    expect(message.reactions.map(({ key }) => key)).toContain('❌');
  }
  mend();
  return posted;
}

async function expectAnswered(rig: Rig, eventId: string, word: string): Promise<void> {
  await rig.anna.waitFor(rig.roomId, ({ type, content }) => {
    const relation = content['m.relates_to'] as { event_id?: string; key?: string } | undefined;
    return type === 'm.reaction' && relation?.event_id === eventId && relation.key === '✅';
  });
  const view = () => viewRoom(rig.anna.timeline(rig.roomId)).find((message) => message.eventId === eventId);
  const standing = () => view()?.replies.filter(({ redacted }) => !redacted) ?? [];
  await expect.poll(() => standing().map(({ body }) => body)).toEqual([expect.stringContaining(`The ${word} was`)]);
  await expect.poll(() => view()?.reactions.map(({ key }) => key)).not.toContain('❌');
}

test('🔁 by the one who posted it has it read, and the sentence that it failed is gone', async () => {
  const rig = await createRig();
  const [eventId = ''] = await failed(rig, ['bridge']);
  await rig.anna.react(rig.roomId, eventId, '🔁');
  await expectAnswered(rig, eventId, 'bridge');
});

test('🔁 by somebody else does nothing', async () => {
  const rig = await createRig();
  const ben = await createMember({ homeserverUrl: rig.playground.url, user: 'ben', password: 'ben', register: true });
  await rig.anna.invite(rig.roomId, ben.userId);
  await ben.joinRoom(rig.roomId);
  const [eventId = ''] = await failed(rig, ['bridge']);
  await ben.react(rig.roomId, eventId, '🔁');
  await ben.close();
  // Syncs are read in order: what was posted after it is answered, and the reaction has been read.
  const [later] = await rig.ended(await rig.post([pdf('tunnel')]));
  expect(JSON.stringify(later)).toContain('The tunnel was');
  expect(rig.playground.stats.count('redact')).toBe(0);
});

test('!lector retry has all of the room read that failed', async () => {
  const rig = await createRig();
  const [bridge = '', tunnel = ''] = await failed(rig, ['bridge', 'tunnel']);
  await rig.anna.sendText(rig.roomId, '!lector retry');
  await rig.anna.waitFor(rig.roomId, ({ content }) => content.body === 'I try 2 uploads again.');
  await expectAnswered(rig, bridge, 'bridge');
  await expectAnswered(rig, tunnel, 'tunnel');

  await rig.anna.sendText(rig.roomId, '!lector retry');
  await rig.anna.waitFor(rig.roomId, ({ content }) => String(content.body).startsWith('There is nothing here'));
});

test('the backlog run has it read in the place of the sentence that it failed, and ✅ takes the place of ❌', async () => {
  const rig = await createRig();
  const [eventId = ''] = await failed(rig, ['bridge']);
  const ledger = openLedger(join(rig.dataDir, 'lector.db'));
  expect(ledger.jobs.retryBacklog({ postedSinceMs: 0, maxTries: 7 })).toEqual([eventId]);
  ledger.close();
  await expectAnswered(rig, eventId, 'bridge');
});

test('more tries than uploads that a minute allows wait for the next minute', async () => {
  const rig = await createRig({ MEMBER_UPLOADS_PER_MINUTE: '3' });
  await failed(rig, ['bridge', 'tunnel']);
  await rig.anna.sendText(rig.roomId, '!lector retry');
  await rig.anna.waitFor(rig.roomId, ({ content }) => String(content.body).startsWith('I try 1 upload again. 1 more'));
});

test('failing again is told again to the one who asked', async () => {
  const rig = await createRig();
  const [eventId = ''] = await failed(rig, ['bridge']);
  const mend = cutDownloads(rig);
  await rig.anna.react(rig.roomId, eventId, '🔁');
  const isSorry = (event: { content: Record<string, unknown> }) =>
    String(event.content.body).includes('could not be downloaded');
  await expect.poll(() => rig.anna.timeline(rig.roomId).filter(isSorry).length, { timeout: 20_000 }).toBeGreaterThan(1);
  mend();
  const standing = () =>
    viewRoom(rig.anna.timeline(rig.roomId))
      .find((message) => message.eventId === eventId)
      ?.replies.filter(({ redacted }) => !redacted);
  await expect.poll(() => standing()?.map(({ body }) => body)).toEqual([expect.stringContaining('could not be')]);
});
