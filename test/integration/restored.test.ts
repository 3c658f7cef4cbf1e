// A ledger that was put back from a backup: what was answered since is answered by what stands in the room, and nothing else is.
import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { backUpLedger } from '../../src/ledger/backup.ts';
import { openLedger } from '../../src/ledger/ledger.ts';
import { viewRoom } from '../../src/playground/conversation.ts';
import { writePdf } from '../fixtures/pdfWriter.ts';
import { createRig, type Rig } from './botRig.ts';

const pdf = (name: string) => ({
  name: `${name}.pdf`,
  bytes: writePdf({ pages: [{ lines: [`The ${name} was painted green in the spring of that year.`] }] }),
});
const database = ({ dataDir }: Rig) => join(dataDir, 'lector.db');

/** What README says: stop, copy the backup over the database, without what SQLite keeps beside it, start. */
async function restore(rig: Rig, backup: string): Promise<void> {
  await rig.app.stop();
  for (const end of ['-wal', '-shm']) rmSync(`${database(rig)}${end}`, { force: true });
  copyFileSync(backup, database(rig));
  await rig.startBot();
}

const standing = ({ anna, roomId }: Rig, eventId: string) =>
  viewRoom(anna.timeline(roomId))
    .find((message) => message.eventId === eventId)
    ?.replies.filter(({ redacted }) => !redacted)
    .map(({ body }) => body);

test('what was posted and answered after the backup is answered once', async () => {
  const rig = await createRig();
  const backup = join(rig.dataDir, 'backup.db');
  await backUpLedger(database(rig), backup);
  const [fence = ''] = await rig.post([pdf('fence')]);
  await rig.ended([fence]);

  await restore(rig, backup);
  const [gate = ''] = await rig.post([pdf('gate')]);
  await rig.ended([gate]);

  expect(standing(rig, fence)).toEqual([expect.stringContaining('The fence was')]);
  expect(standing(rig, gate)).toEqual([expect.stringContaining('The gate was')]);
  const ledger = openLedger(database(rig));
  expect(ledger.jobs.get(fence)?.state).toBe('done');
  ledger.close();
});

test('what had failed before the backup can still be tried again', async () => {
  const rig = await createRig();
  const mend = rig.playground.faults.on(({ endpoint }) =>
    endpoint === 'download' ? { kind: 'cut', afterBytes: 10 } : null,
  );
  const [fence = ''] = await rig.post([pdf('fence')]);
  await rig.ended([fence]);
  mend();
  const backup = join(rig.dataDir, 'backup.db');
  await backUpLedger(database(rig), backup);

  await restore(rig, backup);
  await rig.anna.react(rig.roomId, fence, '🔁');

  await expect
    .poll(() => standing(rig, fence), { timeout: 20_000 })
    .toEqual([expect.stringContaining('The fence was')]);
});
