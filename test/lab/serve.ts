// Owns a lab that stands until SIGINT or SIGTERM: `node test/lab/serve.ts` in a terminal, or behind up.ts.
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { startLab } from './lab.ts';
import { labDir } from './labDir.ts';
import { standingFile } from './standing.ts';

const directory = labDir(process.env);
const lab = await startLab(directory);
await writeFile(standingFile(directory), JSON.stringify({ pid: process.pid, addresses: lab.addresses }));
console.log(JSON.stringify(lab.addresses, null, 2));
await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
await rm(standingFile(directory), { force: true });
await lab.stop();
