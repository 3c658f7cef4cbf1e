// A process that ends after the homeserver took a request and before the machine heard so: what the next one makes of the store.
import { describe, expect, test } from 'vitest';
import { RequestType } from '../index.ts';
import type { Member, MemberOptions } from './support/member.ts';
import { createRig, temporaryFolder } from './support/rig.ts';

const ALICE = '@alice:example.org';
const BOT = '@bot:example.org';

/** Stands for the end of the process: what was sent was taken, and nothing after it is done. */
class Crash extends Error {}

/** Lets requests through until one of `type` was taken by the server. */
function crashAfter(type: RequestType): NonNullable<MemberOptions['through']> {
  return async (request, send) => {
    const answer = await send(request);
    if (request.type === type) throw new Crash('the process ends');
    return answer;
  };
}

async function rigWithAlice() {
  const rig = createRig();
  const [alice, storePath] = [await rig.join(ALICE), await temporaryFolder()];
  const open = (through?: MemberOptions['through']) =>
    rig.join(BOT, 'BOT', { storePath, isSilent: true, ...(through && { through }) });
  return { ...rig, alice, open };
}

/** The store as the dead process left it: all that was committed is there, nothing else. Then a message each way. */
async function expectToGoOn(dead: Member, reopen: () => Promise<Member>, alice: Member): Promise<Member> {
  await dead.machine.close();
  const bot = await reopen();
  expect(bot.machine.identityKeys.ed25519.toBase64()).toBe(dead.machine.identityKeys.ed25519.toBase64());
  await bot.sync();
  const answer = await bot.say('from the bot', [ALICE]);
  await alice.sync();
  expect(await alice.read(answer)).toBe('from the bot');
  const question = await alice.say('to the bot', [BOT]);
  await bot.sync();
  expect(await bot.read(question)).toBe('to the bot');
  return bot;
}

describe('a crash when the homeserver had taken', () => {
  test.each([
    ['the device keys', RequestType.KeysUpload],
    ['the question for devices', RequestType.KeysQuery],
  ])('%s: the machine goes on', async (_name, type) => {
    const { alice, open } = await rigWithAlice();
    const dead = await open(crashAfter(type));
    await expect(dead.sync()).rejects.toThrow(Crash);
    await expectToGoOn(dead, open, alice);
  });

  test.each([
    ['the claim of one-time keys', RequestType.KeysClaim],
    ['the room key', RequestType.ToDevice],
  ])('%s: the machine goes on', async (_name, type) => {
    const { alice, open } = await rigWithAlice();
    const dead = await open(crashAfter(type));
    await dead.sync();
    await expect(dead.say('never sent', [ALICE])).rejects.toThrow(Crash);
    await expectToGoOn(dead, open, alice);
  });

  test('the room key: it is not made anew, and the message after it can be read', async () => {
    const { alice, open, server } = await rigWithAlice();
    const dead = await open(crashAfter(RequestType.ToDevice));
    await dead.sync();
    await expect(dead.say('never sent', [ALICE])).rejects.toThrow(Crash);
    const shares = () => server.log.filter(({ request }) => request.type === RequestType.ToDevice);
    const before = shares().length;
    await expectToGoOn(dead, open, alice);
    const [first, again] = [shares().at(before - 1), shares().at(before)];
    expect(again?.request.id).toBe(first?.request.id);
  });

  test('the public cross-signing keys: the same identity is published again', async () => {
    const { alice, open } = await rigWithAlice();
    const dead = await open();
    await dead.sync();
    const crash = async (body: string) => {
      await dead.access.uploadSigningKeys(body);
      throw new Crash('the process ends');
    };
    await expect(dead.traffic.startCrossSigning(crash)).rejects.toThrow(Crash);
    const seeds = await dead.machine.exportCrossSigningKeys();
    const bot = await expectToGoOn(dead, open, alice);
    expect(await bot.traffic.startCrossSigning(bot.access.uploadSigningKeys)).toEqual(seeds);
    expect(await bot.machine.getDevice(BOT, 'BOT')).toMatchObject({ isCrossSignedByOwner: true });
  });

  test('the signature of the device: it counts', async () => {
    const { alice, open } = await rigWithAlice();
    const dead = await open(crashAfter(RequestType.SignatureUpload));
    await dead.sync();
    await expect(dead.traffic.startCrossSigning(dead.access.uploadSigningKeys)).rejects.toThrow(Crash);
    const bot = await expectToGoOn(dead, open, alice);
    await bot.traffic.refresh([BOT]);
    expect(await bot.machine.getDevice(BOT, 'BOT')).toMatchObject({ isCrossSignedByOwner: true, isVerified: true });
  });
});

describe('a crash after a sync was taken in', () => {
  test('and before its token was stored: the same sync again does no harm', async () => {
    const { alice, open } = await rigWithAlice();
    const dead = await open();
    await dead.sync();
    const event = await alice.say('once', [BOT]);
    const sync = dead.access.sync();
    await dead.traffic.receive(sync);
    await dead.machine.close();
    const bot = await open();
    await bot.traffic.receive(sync);
    await bot.traffic.sendRequests();
    expect(await bot.read(event)).toBe('once');
    const next = await alice.say('and again', [BOT]);
    expect(await bot.read(next)).toBe('and again');
  });

  test('the key that came with it is in the store', async () => {
    const { alice, open } = await rigWithAlice();
    const dead = await open();
    await dead.sync();
    const event = await alice.say('kept', [BOT]);
    await dead.traffic.receive(dead.access.sync());
    await dead.machine.close();
    expect(await (await open()).read(event)).toBe('kept');
  });
});
