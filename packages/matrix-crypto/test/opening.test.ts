// Opening and closing machines: their stores, their passphrases, two at once, and the end that comes in time.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { OlmMachine } from '../index.ts';
import { LiveMachine } from '../src/liveMachine.ts';
import { type Member, ROOM } from './support/member.ts';
import { createRig, temporaryFolder } from './support/rig.ts';

const BOT = '@bot:example.org';

afterEach(() => void vi.useRealTimers());

async function open(...args: Parameters<typeof OlmMachine.initialize>) {
  const machine = await OlmMachine.initialize(...args);
  onTestFinished(() => machine.close());
  return machine;
}

const fingerprint = ({ machine }: Member) => machine.identityKeys.ed25519.toBase64();

describe('a machine on a store', () => {
  test('has the same keys when it is opened again', async () => {
    const folder = join(await temporaryFolder(), 'made', 'on demand');
    const first = await open(BOT, 'BOT', folder);
    await first.close();
    const second = await open(BOT, 'BOT', folder);
    expect(second.identityKeys.ed25519.toBase64()).toBe(first.identityKeys.ed25519.toBase64());
    expect([String(second.userId), String(second.deviceId)]).toEqual([BOT, 'BOT']);
  });

  test('keeps them from other users of the computer', async () => {
    const folder = join(await temporaryFolder(), 'store');
    await open(BOT, 'BOT', folder);
    expect((await stat(folder)).mode & 0o077).toBe(0);
    expect((await stat(join(folder, 'crypto.sqlite3'))).mode & 0o077).toBe(0);
  });

  test('is refused to a second one while it is open', async () => {
    const folder = await temporaryFolder();
    await open(BOT, 'BOT', folder);
    await expect(OlmMachine.initialize(BOT, 'BOT', folder)).rejects.toMatchObject({ code: 'store_in_use' });
  });

  test('is refused to another device, which can be told, and the store is free again', async () => {
    const folder = await temporaryFolder();
    await (await open(BOT, 'BOT', folder)).close();
    await expect(OlmMachine.initialize(BOT, 'OTHER', folder)).rejects.toMatchObject({ code: 'other_device' });
    await open(BOT, 'BOT', folder);
  });

  test.each([
    ['another passphrase', 'secret', 'guessed'],
    ['none where there was one', 'secret', ''],
    ['one where there was none', '', 'secret'],
  ])('is refused for %s', async (_name, sealed, given) => {
    const folder = await temporaryFolder();
    await (await open(BOT, 'BOT', folder, sealed)).close();
    await expect(OlmMachine.initialize(BOT, 'BOT', folder, given)).rejects.toMatchObject({ code: 'wrong_passphrase' });
    await open(BOT, 'BOT', folder, sealed);
  });

  test('is refused where it has fewer changes than are known: an older copy was put back', async () => {
    const folder = await temporaryFolder();
    const machine = await open(BOT, 'BOT', folder);
    const knownCommits = machine.storeCommits + 1;
    expect(knownCommits).toBeGreaterThan(1);
    await machine.close();
    const opening = OlmMachine.initialize(BOT, 'BOT', folder, '', 0, { knownCommits });
    await expect(opening).rejects.toMatchObject({ code: 'store_rolled_back' });
  });

  test('leaves no factory on globalThis', async () => {
    await open(BOT, 'BOT', await temporaryFolder());
    expect(globalThis).not.toHaveProperty('indexedDB');
  });
});

describe('two machines in one process', () => {
  test('each keep to their own store, opened at the same time', async () => {
    const rig = createRig();
    const folders = [await temporaryFolder(), await temporaryFolder()];
    const [alice, bot] = await Promise.all([
      rig.join('@alice:example.org', 'A', { storePath: folders[0] as string }),
      rig.join(BOT, 'B', { storePath: folders[1] as string }),
    ]);
    await rig.meet();
    const event = await alice.say('over two stores', [BOT]);
    await bot.sync();
    expect(await bot.read(event)).toBe('over two stores');
    await alice.machine.close();
    const again = await rig.join(BOT, 'B2', { storePath: await temporaryFolder() });
    expect(await bot.read(event)).toBe('over two stores');
    expect(new Set([alice, bot, again].map(fingerprint)).size).toBe(3);
  });
});

describe('a machine that was closed', () => {
  test('refuses whatever it is asked, with an error that says so', async () => {
    const machine = await open(BOT, 'BOT', await temporaryFolder());
    await machine.close();
    const calls = [
      machine.outgoingRequests(),
      machine.getMissingSessions(['@alice:example.org']),
      machine.encryptRoomEvent(ROOM, 'm.room.message', '{}'),
      machine.decryptRoomEvent('{}', ROOM),
      machine.crossSigningStatus(),
      machine.updateTrackedUsers(['@alice:example.org']),
    ];
    const outcomes = (await Promise.allSettled(calls)).map((outcome) => (outcome as PromiseRejectedResult).reason.code);
    expect(outcomes).toEqual(['closed', 'closed', 'closed', 'closed', 'closed', 'closed']);
  });

  test('can be closed again', async () => {
    const machine = await open(BOT, 'BOT', await temporaryFolder());
    await Promise.all([machine.close(), machine.close()]);
    await machine.close();
  });

  test('has finished what was under way', async () => {
    const folder = await temporaryFolder();
    const machine = await open(BOT, 'BOT', folder);
    const bootstrap = machine.bootstrapCrossSigning(false);
    await machine.close();
    await bootstrap;
    const again = await open(BOT, 'BOT', folder);
    expect(await again.crossSigningStatus()).toMatchObject({ hasMaster: true });
  });

  test('does not wait for what would take longer than half a second', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const ends: string[] = [];
    const machine = { close: () => ends.push('machine') };
    const store = { commits: 0, close: async () => void ends.push('store') };
    const live = new LiveMachine({} as never, machine as never, store);
    const outcome = expect(live.run(() => new Promise(() => undefined))).rejects.toMatchObject({ code: 'closed' });
    const closing = live.close();
    await vi.advanceTimersByTimeAsync(499);
    expect(ends).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    await closing;
    expect(ends).toEqual(['machine', 'store']);
    await outcome;
  });
});
