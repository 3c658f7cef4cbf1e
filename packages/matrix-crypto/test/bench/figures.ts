// What the package takes: encrypting, decrypting, sharing a key with 50 devices, opening, and a file of 50 MB.
// node packages/matrix-crypto/test/bench/figures.ts
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { decryptFile, encryptBytes, OlmMachine } from '../../index.ts';
import { createKeyServer } from '../support/keyServer.ts';
import { createMember, type RoomEvent } from '../support/member.ts';

const BOT = '@bot:example.org';
const MESSAGES = 500;
const MEMBERS = 50;
const SESSIONS = 1200;
const FILE_BYTES = 50_000_000;

const report = (what: string, ms: number) =>
  process.stdout.write(`${what.padEnd(48)}${ms.toFixed(2).padStart(10)} ms\n`);
async function timed<T>(what: string, work: () => Promise<T>, times = 1): Promise<T> {
  const start = performance.now();
  const result = await work();
  report(what, (performance.now() - start) / times);
  return result;
}

async function messages(folder: string): Promise<void> {
  const server = createKeyServer();
  const names = Array.from({ length: MEMBERS }, (_, index) => `@member${index}:example.org`);
  const bot = await createMember(server, BOT, 'BOT', { storePath: folder });
  const members = [];
  for (const name of names) members.push(await createMember(server, name, 'D'));
  const alice = members[0];
  if (!alice) return;
  await bot.traffic.follow(names);
  await bot.sync();
  await timed(`first message to ${MEMBERS} devices (claim, share, encrypt)`, () => bot.say('hello', names));
  await bot.machine.invalidateGroupSession('!room:example.org');
  await timed(`new key to ${MEMBERS} devices (share, encrypt)`, () => bot.say('hello', names));
  await timed(
    'encrypt, mean',
    async () => {
      for (let index = 0; index < MESSAGES; index += 1) await bot.say('hello', names);
    },
    MESSAGES,
  );
  const events: RoomEvent[] = [];
  for (let index = 0; index < MESSAGES; index += 1) events.push(await alice.say('hello', [BOT]));
  await bot.sync();
  await timed(
    'decrypt, mean',
    async () => {
      for (const event of events) await bot.read(event);
    },
    MESSAGES,
  );
  for (let index = 0; index < SESSIONS; index += 1) {
    await alice.machine.invalidateGroupSession('!room:example.org');
    await alice.say('hello', [BOT]);
  }
  await bot.sync();
  await bot.machine.close();
  const again = await timed(`reopen with ${SESSIONS} sessions`, () => OlmMachine.initialize(BOT, 'BOT', folder));
  await timed('close', () => again.close());
}

async function attachment(folder: string): Promise<void> {
  const { data, info } = await timed('encrypt 50 MB', () => encryptBytes(Buffer.alloc(FILE_BYTES, 7)));
  const path = join(folder, 'ciphertext');
  await writeFile(path, data);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await timed('decrypt 50 MB from disk, verified first', async () => {
    let bytes = 0;
    for await (const piece of await decryptFile(path, info)) bytes += piece.length;
    if (bytes !== FILE_BYTES) throw new Error(`${bytes} bytes`);
  });
  delay.disable();
  report('longest hold of the event loop meanwhile', delay.max / 1e6);
}

const folder = await mkdtemp(join(tmpdir(), 'matrix-crypto-'));
try {
  await messages(join(folder, 'store'));
  await attachment(folder);
} finally {
  await rm(folder, { recursive: true, force: true });
}
