// Two machines that talk through a key server: what each can read of what the other says.
import { describe, expect, test } from 'vitest';
import { ShieldColor, ShieldStateCode } from '../index.ts';
import { settings } from './support/member.ts';
import { createRig } from './support/rig.ts';

const ALICE = '@alice:example.org';
const BOT = '@bot:example.org';

const sessionOf = (event: { content: Record<string, unknown> }) => event.content.session_id;

describe('a conversation', () => {
  test('is read on both sides', async () => {
    const { join } = createRig();
    const [alice, bot] = [await join(ALICE), await join(BOT)];
    const question = await alice.say('What does it say?', [BOT]);
    await bot.sync();
    expect(await bot.read(question)).toBe('What does it say?');
    const answer = await bot.say('That it is due in May.', [ALICE]);
    await alice.sync();
    expect(await alice.read(answer)).toBe('That it is due in May.');
    expect(await bot.read(answer)).toBe('That it is due in May.');
  });

  test('shows nothing of what is said to the homeserver', async () => {
    const { server, join } = createRig();
    const [alice] = [await join(ALICE), await join(BOT)];
    const event = await alice.say('between us', [BOT]);
    expect(JSON.stringify([event, server.log])).not.toContain('between us');
    expect(event.content.algorithm).toBe('m.megolm.v1.aes-sha2');
  });

  test('uses one session for many messages, and sends its key once', async () => {
    const { server, join } = createRig();
    const [alice, bot] = [await join(ALICE), await join(BOT)];
    const first = await alice.say('one', [BOT]);
    const sent = server.log.length;
    const second = await alice.say('two', [BOT]);
    expect(sessionOf(second)).toBe(sessionOf(first));
    expect(server.log.slice(sent)).toEqual([]);
    await bot.sync();
    expect(await bot.read(second)).toBe('two');
  });

  test('changes its session after as many messages as the room says', async () => {
    const { join } = createRig();
    const [alice, bot] = [await join(ALICE), await join(BOT)];
    const afterTwo = settings({ rotationPeriodMessages: 2n });
    const events = [];
    for (const body of ['one', 'two', 'three']) events.push(await alice.say(body, [BOT], afterTwo));
    const [first, second, third] = events.map(sessionOf);
    expect(second).toBe(first);
    expect(third).not.toBe(first);
    await bot.sync();
    expect(await Promise.all(events.map((event) => bot.read(event)))).toEqual(['one', 'two', 'three']);
  });

  test('changes its session when a member has left', async () => {
    const { join } = createRig();
    const [alice, bot, carol] = [await join(ALICE), await join(BOT), await join('@carol:example.org')];
    const before = await alice.say('all three', [BOT, carol.userId]);
    const after = await alice.say('the two of us', [BOT]);
    await Promise.all([bot.sync(), carol.sync()]);
    expect(await bot.read(after)).toBe('the two of us');
    expect(await carol.read(before)).toBe('all three');
    await expect(carol.read(after)).rejects.toMatchObject({ code: 'missing_room_key' });
  });

  test('reaches a device that is new, from the next message on', async () => {
    const { join } = createRig();
    const [alice, bot] = [await join(ALICE), await join(BOT)];
    const before = await bot.say('before', [ALICE]);
    const phone = await join(ALICE, 'PHONE');
    await bot.sync();
    const after = await bot.say('after', [ALICE]);
    await Promise.all([alice.sync(), phone.sync()]);
    expect(await phone.read(after)).toBe('after');
    expect(await alice.read(after)).toBe('after');
    await expect(phone.read(before)).rejects.toMatchObject({ code: 'unknown_message_index' });
  });

  test('changes its session when a device is gone', async () => {
    const { server, join } = createRig();
    const [alice] = [await join(ALICE), await join(BOT), await join(BOT, 'OLD')];
    const before = await alice.say('before', [BOT]);
    server.removeDevice(BOT, 'OLD');
    await alice.sync();
    const after = await alice.say('after', [BOT]);
    expect(sessionOf(after)).not.toBe(sessionOf(before));
  });

  test('reads a message whose key comes late, and says when it has come', async () => {
    const { join } = createRig();
    const [alice, bot] = [await join(ALICE), await join(BOT)];
    const event = await alice.say('late', [BOT]);
    await expect(bot.read(event)).rejects.toMatchObject({ name: 'CryptoError', code: 'missing_room_key' });
    const told = Promise.withResolvers<unknown>();
    bot.machine.on('roomKeys', told.resolve);
    await bot.sync();
    expect(await told.promise).toMatchObject([{ roomId: '!room:example.org', sessionId: sessionOf(event) }]);
    expect(await bot.read(event)).toBe('late');
  });

  test('tells why a key is withheld', async () => {
    const { join } = createRig();
    const [alice, bot] = [await join(ALICE), await join(BOT)];
    const told = Promise.withResolvers<unknown>();
    bot.machine.on('withheldKeys', told.resolve);
    const event = await alice.say('not for strangers', [BOT], settings({ sharingStrategy: 'verified_devices' }));
    await bot.sync();
    expect(await told.promise).toMatchObject([{ sender: ALICE, code: 'm.unverified' }]);
    await expect(bot.read(event)).rejects.toMatchObject({ code: 'missing_room_key', withheldCode: 'm.unverified' });
  });

  test('goes on when all one-time keys are used up', async () => {
    const { server, join } = createRig();
    const [alice, bot] = [await join(ALICE), await join(BOT)];
    await bot.sync();
    const claimAll = JSON.stringify({ one_time_keys: { [BOT]: { [bot.deviceId]: 'signed_curve25519' } } });
    for (let keys = 0; keys < 60; keys += 1) await server.access(ALICE, 'X').send({ id: 'x', type: 2, body: claimAll });
    const event = await alice.say('with the fallback key', [BOT]);
    await bot.sync();
    expect(await bot.read(event)).toBe('with the fallback key');
  });

  test('says who sent an event, from which device, and how far that is known', async () => {
    const { join } = createRig();
    const [alice, bot] = [await join(ALICE), await join(BOT)];
    const event = await alice.say('it is me', [BOT]);
    await bot.sync();
    const { sender, senderDevice, senderCurve25519Key, shieldState } = await bot.decrypt(event);
    expect([String(sender), String(senderDevice)]).toEqual([ALICE, alice.deviceId]);
    expect(senderCurve25519Key).toBe(alice.machine.identityKeys.curve25519.toBase64());
    expect(shieldState(true)).toMatchObject({ color: ShieldColor.Red, code: ShieldStateCode.UnverifiedIdentity });
    expect(shieldState(false)).toMatchObject({ color: ShieldColor.Red, code: ShieldStateCode.UnsignedDevice });
  });

  test('does not take an event for one of somebody else', async () => {
    const { join } = createRig();
    const [alice, bot] = [await join(ALICE), await join(BOT)];
    const event = await alice.say('it is me', [BOT]);
    await bot.sync();
    await expect(bot.read({ ...event, sender: '@mallory:example.org' })).rejects.toMatchObject({
      code: 'mismatched_sender',
    });
  });
});
