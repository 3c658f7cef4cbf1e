// Owns `node test/lab/up.ts`: leaves a lab standing in the background and prints its addresses; one that stands already is kept.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { labDir } from './labDir.ts';
import { findStandingLab } from './standing.ts';

const directory = labDir(process.env);
const standing = await findStandingLab(directory);
if (standing) {
  console.log(JSON.stringify(standing.addresses, null, 2));
} else {
  const server = spawn(process.execPath, [join(import.meta.dirname, 'serve.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  // serve.ts prints its addresses, and nothing else, when everything answers.
  const ready = once(server.stdout, 'data');
  const ended = once(server, 'exit').then(([code]) =>
    Promise.reject(new Error(`the lab did not start (exit ${code})`)),
  );
  const [addresses] = await Promise.race([ready, ended]);
  process.stdout.write(String(addresses));
  server.stdout.destroy();
  server.unref();
}
