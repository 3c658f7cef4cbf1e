// A homeserver that fails at whatever is sent to one room: every other room is served as ever, and that one when it is mended.
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { openLedger } from '../../src/ledger/ledger.ts';
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
  expect(uploads.map(({ replies }) => replies.filter(({ redacted }) => !redacted).length)).toEqual(posted.map(() => 1));
}, 90_000);
