// Owns `node test/lab/down.ts`: ends the lab that up.ts started; none standing is fine.
import { setTimeout as delay } from 'node:timers/promises';
import { labDir } from './labDir.ts';
import { findStandingLab, isAlive } from './standing.ts';

const standing = await findStandingLab(labDir(process.env));
if (standing) {
  process.kill(standing.pid, 'SIGTERM');
  while (await isAlive(standing.pid)) await delay(50);
}
