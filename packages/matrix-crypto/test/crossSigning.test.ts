// A device that its owner's identity has signed: how it comes to be so, on the first device and on a later one, and who minds.
import { describe, expect, test } from 'vitest';
import { RequestType, ShieldColor, TrustRequirement } from '../index.ts';
import { settings } from './support/member.ts';
import { createRig, temporaryFolder } from './support/rig.ts';

const ALICE = '@alice:example.org';
const BOT = '@bot:example.org';
const STRICT = settings({ sharingStrategy: 'cross_signed_devices' });

describe('cross-signing', () => {
  test('an account starts without an identity', async () => {
    const bot = await createRig().join(BOT);
    expect(await bot.machine.crossSigningStatus()).toEqual({
      hasMaster: false,
      hasSelfSigning: false,
      hasUserSigning: false,
    });
    expect(await bot.machine.exportCrossSigningKeys()).toBeNull();
    expect(await bot.machine.getIdentity(BOT)).toBeNull();
  });

  test('the first device makes the identity, and others see that it is signed', async () => {
    const { join } = createRig();
    const [alice, bot] = [await join(ALICE), await join(BOT)];
    await bot.traffic.startCrossSigning(bot.access.uploadSigningKeys);
    await alice.say('hello', [BOT]);
    await alice.sync();
    const device = await alice.machine.getDevice(BOT, bot.deviceId);
    expect(device).toMatchObject({
      isCrossSignedByOwner: true,
      ed25519: bot.machine.identityKeys.ed25519.toBase64(),
      deviceId: bot.deviceId,
    });
    expect(await bot.machine.getDevice(BOT, bot.deviceId)).toMatchObject({ isVerified: true });
    expect((await alice.machine.getIdentity(BOT))?.masterKey).toBe((await bot.machine.getIdentity(BOT))?.masterKey);
  });

  test('what a signed device says is shown without a shield', async () => {
    const { join, meet } = createRig();
    const [alice, bot] = [await join(ALICE), await join(BOT)];
    await bot.traffic.startCrossSigning(bot.access.uploadSigningKeys);
    await meet();
    const event = await bot.say('signed', [ALICE]);
    await alice.sync();
    expect((await alice.decrypt(event)).shieldState(false)).toMatchObject({ color: ShieldColor.None });
  });

  test('a new device with the seeds signs itself, and is believed', async () => {
    const { join, meet } = createRig();
    const alice = await join(ALICE);
    const first = await join(BOT);
    const seeds = await first.traffic.startCrossSigning(first.access.uploadSigningKeys);
    const second = await join(BOT, 'SECOND');
    expect(await second.traffic.joinCrossSigning(seeds)).toBe(true);
    expect(await second.machine.exportCrossSigningKeys()).toEqual(seeds);
    await meet();
    const event = await second.say('I am the same account', [ALICE]);
    await alice.sync();
    expect(await alice.read(event, TrustRequirement.CrossSigned)).toBe('I am the same account');
  });

  test('seeds of another identity sign nothing', async () => {
    const { server, join } = createRig();
    const bot = await join(BOT);
    await bot.traffic.startCrossSigning(bot.access.uploadSigningKeys);
    const alice = await join(ALICE);
    const others = await alice.traffic.startCrossSigning(alice.access.uploadSigningKeys);
    const second = await join(BOT, 'SECOND');
    const sent = server.log.length;
    await expect(second.traffic.joinCrossSigning(others)).rejects.toMatchObject({ code: 'invalid_seeds' });
    expect((await second.machine.crossSigningStatus()).hasSelfSigning).toBe(false);
    expect(server.log.slice(sent).map(({ request }) => request.type)).not.toContain(RequestType.SignatureUpload);
  });

  test('seeds that are none are refused with an error', async () => {
    const { join } = createRig();
    const bot = await join(BOT);
    await bot.traffic.startCrossSigning(bot.access.uploadSigningKeys);
    const second = await join(BOT, 'SECOND');
    const seeds = { master: 'no seed', selfSigning: 'no seed', userSigning: 'no seed' };
    await expect(second.traffic.joinCrossSigning(seeds)).rejects.toMatchObject({ code: 'invalid_seeds' });
  });

  test('seeds of an account without an identity have nothing to join', async () => {
    const { join } = createRig();
    const [alice, bot] = [await join(ALICE), await join(BOT)];
    const seeds = await alice.traffic.startCrossSigning(alice.access.uploadSigningKeys);
    expect(await bot.traffic.joinCrossSigning(seeds)).toBe(false);
  });

  test('a password that was wrong the first time costs no second identity', async () => {
    const { server, join } = createRig();
    const bot = await join(BOT);
    const refuse = () => Promise.reject(new Error('401: the password'));
    await expect(bot.traffic.startCrossSigning(refuse)).rejects.toThrow('the password');
    const seeds = await bot.machine.exportCrossSigningKeys();
    expect(await bot.traffic.startCrossSigning(bot.access.uploadSigningKeys)).toEqual(seeds);
    expect(Object.keys(server.publishedKeys(BOT, bot.deviceId)?.signatures[BOT])).toHaveLength(2);
  });

  test('the identity is still there when the store is opened again', async () => {
    const { server, join } = createRig();
    const storePath = await temporaryFolder();
    const before = await join(BOT, 'BOT', { storePath });
    const seeds = await before.traffic.startCrossSigning(before.access.uploadSigningKeys);
    await before.machine.close();
    const after = await join(BOT, 'BOT', { storePath });
    expect(await after.machine.exportCrossSigningKeys()).toEqual(seeds);
    expect(await after.machine.getDevice(BOT, 'BOT')).toMatchObject({ isVerified: true });
    expect(server.log.filter(({ request }) => request.type === RequestType.SignatureUpload)).toHaveLength(1);
  });

  test('a reset gives the account another identity', async () => {
    const { join } = createRig();
    const bot = await join(BOT);
    const before = await bot.traffic.startCrossSigning(bot.access.uploadSigningKeys);
    const after = await bot.traffic.startCrossSigning(bot.access.uploadSigningKeys, true);
    expect(after.master).not.toBe(before.master);
    expect(await bot.machine.getDevice(BOT, bot.deviceId)).toMatchObject({ isVerified: true });
  });
});

describe('members who leave out unsigned devices', () => {
  test('neither tell the bot anything nor hear it while it is unsigned', async () => {
    const { join } = createRig();
    const [alice, bot] = [await join(ALICE), await join(BOT)];
    await alice.traffic.startCrossSigning(alice.access.uploadSigningKeys);
    const question = await alice.say('who is there?', [BOT], STRICT);
    await bot.sync();
    await expect(bot.read(question)).rejects.toMatchObject({ code: 'missing_room_key', withheldCode: 'm.unverified' });
    const answer = await bot.say('the bot', [ALICE]);
    await alice.sync();
    await expect(alice.read(answer, TrustRequirement.CrossSigned)).rejects.toMatchObject({
      code: 'unsigned_sender_device',
    });
  });

  test('talk to the bot both ways once it is signed', async () => {
    const { join, meet } = createRig();
    const [alice, bot] = [await join(ALICE), await join(BOT)];
    await alice.traffic.startCrossSigning(alice.access.uploadSigningKeys);
    await bot.traffic.startCrossSigning(bot.access.uploadSigningKeys);
    await meet();
    const question = await alice.say('who is there?', [BOT], STRICT);
    await bot.sync();
    expect(await bot.read(question, TrustRequirement.CrossSigned)).toBe('who is there?');
    const answer = await bot.say('the bot', [ALICE], STRICT);
    await alice.sync();
    expect(await alice.read(answer, TrustRequirement.CrossSigned)).toBe('the bot');
  });
});
