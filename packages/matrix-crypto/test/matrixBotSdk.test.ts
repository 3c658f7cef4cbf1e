// matrix-bot-sdk's own crypto on this package: what it does with the native binding, and what it stumbles over there.
import { EncryptedRoomEvent } from 'matrix-bot-sdk';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { CryptoError, DeviceLists, EncryptionSettings, OlmMachine, RequestType, UserId } from '../index.ts';
import { Outgoing } from '../src/outgoing.ts';
import { loadWasm, type Wasm } from '../src/wasmModule.ts';
import { asRequired, createBotSdkClient } from './support/botSdkClient.ts';
import { ROOM } from './support/member.ts';
import { createRig, temporaryFolder } from './support/rig.ts';

const ALICE = '@alice:example.org';
const BOT = '@bot:example.org';

const everyKind = (module: Wasm) => [
  new module.KeysUploadRequest('upload', '{}'),
  new module.KeysQueryRequest('query', '{"device_keys":{}}'),
  new module.KeysClaimRequest('claim', '{}'),
  new module.ToDeviceRequest('device', 'm.x', 'device', '{}'),
  new module.SignatureUploadRequest('signature', '{}'),
  new module.RoomMessageRequest('room', ROOM, 'txn', 'm.x', '{}'),
];

afterEach(() => void vi.useRealTimers());

async function aliceAndBot(options: { rotationMessages?: number } = {}) {
  const rig = createRig();
  const alice = await rig.join(ALICE);
  const members = [ALICE, BOT];
  const bot = await createBotSdkClient(rig.server, BOT, 'BOT', {
    ...options,
    members,
    storePath: await temporaryFolder(),
  });
  const say = async (body: string) => ({
    event_id: `$${body}`,
    sender: BOT,
    type: 'm.room.encrypted',
    content: (await bot.crypto.encryptRoomEvent(ROOM, 'm.room.message', { body })) as never as Record<string, unknown>,
  });
  return { ...rig, alice, bot, say };
}

const raw = (event: object) => new EncryptedRoomEvent({ ...event, origin_server_ts: 1, room_id: ROOM } as never);
const sessionOf = (event: { content: Record<string, unknown> }) => event.content.session_id;

describe('matrix-bot-sdk', () => {
  test('talks to another member, both ways', async () => {
    const { alice, bot, say } = await aliceAndBot();
    const event = await say('from the bot');
    await alice.sync();
    expect(await alice.read(event)).toBe('from the bot');
    const answer = await alice.say('to the bot', [BOT]);
    await bot.sync();
    const read = await bot.crypto.decryptRoomEvent(raw(answer), ROOM);
    expect(read.content).toEqual({ msgtype: 'm.text', body: 'to the bot' });
  });

  test('opens the files that it encrypted, and only if they are as they were', async () => {
    const { bot } = await aliceAndBot();
    const { buffer, file } = await bot.crypto.encryptMedia(Buffer.from('a file'));
    expect(buffer.toString()).not.toBe('a file');
    const download = vi.spyOn(bot.client, 'downloadContent');
    download.mockResolvedValue({ data: buffer, contentType: 'application/octet-stream' });
    expect((await bot.crypto.decryptMedia({ ...file, url: 'mxc://x/y' })).toString()).toBe('a file');
    download.mockResolvedValue({ data: Buffer.from('anothe'), contentType: 'application/octet-stream' });
    await expect(bot.crypto.decryptMedia({ ...file, url: 'mxc://x/y' })).rejects.toMatchObject({
      code: 'attachment_mismatch',
    });
  });

  test('signs with the device', async () => {
    const { bot } = await aliceAndBot();
    const signatures = (await bot.crypto.sign({ a: 1 })) as Record<string, Record<string, string>>;
    expect(signatures[BOT]?.['ed25519:BOT']).toMatch(/^[A-Za-z0-9+/]{86}$/);
    expect(bot.crypto.clientDeviceEd25519).toBe(bot.engine.machine.identityKeys.ed25519.toBase64());
  });

  test('loads the package by require, without a machine and so without WebAssembly', () => {
    expect(Object.keys(asRequired())).toEqual(expect.arrayContaining(['OlmMachine', 'Attachment', 'RoomId', 'UserId']));
    expect(globalThis).not.toHaveProperty('indexedDB');
  });

  test('has every message read when many are sent at once and sessions end in between', async () => {
    const { alice, say } = await aliceAndBot({ rotationMessages: 3 });
    const bodies = Array.from({ length: 20 }, (_, index) => `message ${index}`);
    const events = await Promise.all(bodies.map(say));
    await alice.sync();
    expect(await Promise.all(events.map((event) => alice.read(event)))).toEqual(bodies);
    expect(new Set(events.map(sessionOf)).size).toBeGreaterThan(5);
  });
});

describe('what matrix-bot-sdk stumbles over', () => {
  test('tracking new users does not wait for an answer that only it could fetch', async () => {
    const { bot } = await aliceAndBot();
    // Wasm's wait of 5 s would not end at all with this clock.
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    await bot.engine.addTrackedUsers(['@carol:example.org', '@dave:example.org']);
    expect(await bot.engine.machine.getMissingSessions([new UserId('@carol:example.org')])).toBeNull();
  });

  test('it is never given a request at which it throws: the caller is', async () => {
    const module = await loadWasm();
    const outgoing = new Outgoing({
      module,
      changes: 0,
      changed: () => undefined,
      run: (work) => work({ outgoingRequests: async () => everyKind(module) } as never),
    });
    expect((await outgoing.keyRequests()).map(({ id }) => id)).toEqual(['upload', 'claim', 'device', 'query']);
    expect(await outgoing.otherRequests()).toEqual([
      { id: 'signature', type: RequestType.SignatureUpload, body: '{}' },
      { id: 'room', type: RequestType.RoomMessage, body: '{}', roomId: ROOM, eventType: 'm.x', txnId: 'txn' },
    ]);
  });

  test('the body of a to-device request says its event type and transaction', async () => {
    const { alice } = await aliceAndBot();
    await alice.traffic.follow([BOT]);
    await alice.sync();
    const claim = await alice.machine.getMissingSessions([BOT]);
    await alice.machine.markRequestAsSent(
      claim?.id ?? '',
      RequestType.KeysClaim,
      await alice.access.send(claim as never),
    );
    const [request] = await alice.machine.shareRoomKey(ROOM, [BOT], new EncryptionSettings());
    expect(JSON.parse(request?.body ?? '')).toMatchObject({
      event_type: 'm.room.encrypted',
      txn_id: request?.txnId,
      messages: { [BOT]: { BOT: { algorithm: 'm.olm.v1.curve25519-aes-sha2' } } },
    });
  });

  test('a question for devices that is under way is not forgotten when the requests are asked for again', async () => {
    const machine = await OlmMachine.initialize(ALICE, 'A');
    await machine.updateTrackedUsers([ALICE, BOT]);
    const queries = async () => (await machine.outgoingRequests()).filter(({ type }) => type === RequestType.KeysQuery);
    const [first, second] = [await queries(), await queries()];
    expect(second.map(({ id }) => id)).toEqual(first.map(({ id }) => id));
    const answer = JSON.stringify({ device_keys: { [ALICE]: {}, [BOT]: {} } });
    await machine.markRequestAsSent(first[0]?.id ?? '', RequestType.KeysQuery, answer);
    expect(await queries()).toEqual([]);
    await machine.close();
  });

  test('a rotation period is in milliseconds: a week is not ten minutes', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const machine = await OlmMachine.initialize(ALICE, 'A');
    const session = async () => {
      await machine.shareRoomKey(
        ROOM,
        [ALICE],
        Object.assign(new EncryptionSettings(), { rotationPeriod: 604_800_000n }),
      );
      return JSON.parse(await machine.encryptRoomEvent(ROOM, 'm.room.message', '{}')).session_id;
    };
    const first = await session();
    vi.advanceTimersByTime(6 * 86_400_000);
    expect(await session()).toBe(first);
    vi.advanceTimersByTime(86_400_000);
    expect(await session()).not.toBe(first);
    await machine.close();
  });

  test('an event that meets an ended session has a new one, whose key is among the next requests', async () => {
    const { join, meet } = createRig();
    const [alice, bot] = [await join(ALICE), await join(BOT)];
    await meet();
    await bot.say('hello', [ALICE]);
    const settings = Object.assign(new EncryptionSettings(), { rotationPeriodMessages: 1n });
    const encrypt = () => bot.machine.encryptRoomEvent(ROOM, 'm.room.message', '{"body":"in a new session"}');
    await bot.machine.invalidateGroupSession(ROOM);
    for (const request of await bot.machine.shareRoomKey(ROOM, [ALICE], settings)) {
      await bot.machine.markRequestAsSent(request.id, request.type, await bot.access.send(request));
    }
    const [first, second] = (await Promise.all([encrypt(), encrypt()])).map((json) => JSON.parse(json));
    expect(second.session_id).not.toBe(first.session_id);
    const requests = await bot.machine.outgoingRequests();
    expect(requests.map(({ type }) => type)).toEqual([RequestType.ToDevice]);
    await bot.traffic.sendRequests();
    expect(await bot.machine.outgoingRequests()).toEqual([]);
    await alice.sync();
    const event = { event_id: '$2', sender: BOT, type: 'm.room.encrypted', content: second };
    expect(await alice.read(event)).toBe('in a new session');
  });

  test('an event before its room key is an error, not the end of the process', async () => {
    const machine = await OlmMachine.initialize(ALICE, 'A');
    await expect(machine.encryptRoomEvent(ROOM, 'm.room.message', '{}')).rejects.toMatchObject({ code: 'no_room_key' });
    await machine.close();
  });

  test('one identifier can be passed as often as one likes', async () => {
    const machine = await OlmMachine.initialize(ALICE, 'A');
    const users = [new UserId(BOT)];
    await machine.updateTrackedUsers(users);
    await machine.getMissingSessions(users);
    await machine.shareRoomKey(ROOM, users, new EncryptionSettings());
    expect(users.map(String)).toEqual([BOT]);
    await machine.close();
  });

  test('what cannot be decrypted is an Error with a code', async () => {
    const machine = await OlmMachine.initialize(ALICE, 'A');
    const content = {
      algorithm: 'm.megolm.v1.aes-sha2',
      session_id: 'x',
      ciphertext: 'x',
      sender_key: 'x',
      device_id: 'x',
    };
    const event = { event_id: '$x', sender: BOT, type: 'm.room.encrypted', origin_server_ts: 1, content };
    const failure = await machine.decryptRoomEvent(JSON.stringify(event), ROOM).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(CryptoError);
    expect(failure).toMatchObject({ code: 'unable_to_decrypt' });
    await machine.close();
  });

  test.each([
    ['a user who is none', ['nobody'], { signed_curve25519: 50 }, []],
    ['counts that are none', [], { signed_curve25519: 'many', other: -1, third: 0.5 }, []],
    ['fallback keys that are none', [], {}, [5, null]],
  ])('a sync with %s is taken in all the same', async (_name, changed, counts, fallback) => {
    const machine = await OlmMachine.initialize(ALICE, 'A');
    const lists = new DeviceLists(changed, changed);
    const events = '[{"type":5},null,{"type":"m.dummy","sender":"@bot:example.org","content":{}}]';
    const taken = JSON.parse(await machine.receiveSyncChanges(events, lists, counts as never, fallback as never));
    expect(taken).toEqual(JSON.parse(events));
    await machine.close();
  });
});
