// Owns what tests and benches of the store need of the crypto library: devices on a store, and a homeserver of a few maps.
import type * as Wasm from '@matrix-org/matrix-sdk-crypto-wasm';
import { type CryptoStore, idbClasses } from '../../src/store/cryptoStore.ts';

export type Device = { userId: string; deviceId: string; machine: Wasm.OlmMachine };
type Json = Record<string, unknown>;
type ByDevice<T> = Record<string, Record<string, T>>;
type Request = { id?: string | undefined; type?: number | undefined; body: string; event_type?: string };

/** Keys of devices, one-time keys and to-device messages, by user and device. */
export type Exchange = { devices: ByDevice<Json>; oneTimeKeys: ByDevice<Json>; inbox: ByDevice<Json[]> };

const ROOM = '!room:example.org';

let loaded: Promise<typeof Wasm> | undefined;

/** The library, with the store's classes where it looks for them. */
export function loadWasm(): Promise<typeof Wasm> {
  loaded ??= import('@matrix-org/matrix-sdk-crypto-wasm').then(async (wasm) => {
    Object.assign(globalThis, idbClasses);
    await wasm.initAsync();
    return wasm;
  });
  return loaded;
}

/** Opens a device's machine on a store, or in memory without one. Not two at a time: the library takes the store from globalThis. */
export async function openDevice(
  store: CryptoStore | undefined,
  userId: string,
  deviceId: string,
  passphrase?: string,
): Promise<Device> {
  const wasm = await loadWasm();
  Object.assign(globalThis, { indexedDB: store?.indexedDB });
  const handle = await wasm.StoreHandle.open(store && 'machine', passphrase);
  const ids = [new wasm.UserId(userId), new wasm.DeviceId(deviceId)] as const;
  return { userId, deviceId, machine: await wasm.OlmMachine.initFromStore(...ids, handle) };
}

export function exchange(): Exchange {
  return { devices: {}, oneTimeKeys: {}, inbox: {} };
}

/** Sends what a machine has to tell. */
export async function tell(device: Device, server: Exchange): Promise<void> {
  for (const request of await device.machine.outgoingRequests()) await send(device, request as Request, server);
}

/** Shares the room's key with the devices of others; they still have to `receive` it. */
export async function shareKey(device: Device, others: readonly Device[], server: Exchange): Promise<void> {
  await claim(device, others, server);
  await shareClaimed(device, others, server);
}

/** Begins Olm sessions with the devices of others. */
export async function claim(device: Device, others: readonly Device[], server: Exchange): Promise<void> {
  const wasm = await loadWasm();
  const users = usersOf(wasm, others);
  await device.machine.updateTrackedUsers(users());
  await tell(device, server);
  const missing = await device.machine.getMissingSessions(users());
  if (missing) await send(device, missing, server);
}

/** Shares the key of a room with devices that there are sessions with. */
export async function shareClaimed(
  device: Device,
  others: readonly Device[],
  server: Exchange,
  room = ROOM,
): Promise<void> {
  const wasm = await loadWasm();
  const settings = new wasm.EncryptionSettings();
  // Past the default of 100 messages the library ends the process instead of asking for a new session.
  settings.rotationPeriodMessages = 10_000n;
  const shares = await device.machine.shareRoomKey(new wasm.RoomId(room), usersOf(wasm, others)(), settings);
  for (const share of shares) await send(device, share as Request, server);
}

/** Identifiers are used up by every call that they are given to. */
function usersOf(wasm: typeof Wasm, devices: readonly Device[]): () => Wasm.UserId[] {
  return () => [...new Set(devices.map(({ userId }) => userId))].map((id) => new wasm.UserId(id));
}

/** Takes what waits for a device. */
export async function receive(device: Device, server: Exchange): Promise<void> {
  const wasm = await loadWasm();
  const waiting = server.inbox[device.userId]?.[device.deviceId]?.splice(0) ?? [];
  const count = Object.keys(server.oneTimeKeys[device.userId]?.[device.deviceId] ?? {}).length;
  const settings = new wasm.DecryptionSettings(wasm.TrustRequirement.Untrusted);
  const counts = new Map([['signed_curve25519', count]]);
  await device.machine.receiveSyncChanges(JSON.stringify(waiting), new wasm.DeviceLists(), counts, undefined, settings);
}

/** A text as an encrypted event of the room. */
export async function encrypt(device: Device, body: string): Promise<Json> {
  const wasm = await loadWasm();
  const content = await device.machine.encryptRoomEvent(
    new wasm.RoomId(ROOM),
    'm.room.message',
    JSON.stringify({ msgtype: 'm.text', body }),
  );
  const event = {
    event_id: `$${body}`,
    sender: device.userId,
    room_id: ROOM,
    type: 'm.room.encrypted',
    origin_server_ts: 1,
  };
  return { ...event, content: JSON.parse(content) };
}

/** The content of an encrypted event. */
export async function decrypt(device: Device, event: Json): Promise<Json> {
  const wasm = await loadWasm();
  const settings = new wasm.DecryptionSettings(wasm.TrustRequirement.Untrusted);
  const decrypted = await device.machine.decryptRoomEvent(JSON.stringify(event), new wasm.RoomId(ROOM), settings);
  return JSON.parse(decrypted.event).content;
}

async function send(device: Device, request: Request, server: Exchange): Promise<void> {
  const wasm = await loadWasm();
  const body = JSON.parse(request.body);
  const type = wasm.RequestType[request.type as number] as string;
  const answer = answers[type]?.(device, body, server, request.event_type) ?? {};
  await device.machine.markRequestAsSent(request.id as string, request.type as number, JSON.stringify(answer));
}

const of = <T>(table: ByDevice<T>, userId: string) => {
  table[userId] ??= {};
  return table[userId];
};

type Answer = (
  device: Device,
  body: Record<string, Record<string, Json>>,
  server: Exchange,
  eventType?: string,
) => Json;

const answers: Record<string, Answer> = {
  KeysUpload({ userId, deviceId }, body, server) {
    if (body.device_keys) of(server.devices, userId)[deviceId] = body.device_keys;
    const keys = { ...of(server.oneTimeKeys, userId)[deviceId], ...body.one_time_keys };
    of(server.oneTimeKeys, userId)[deviceId] = keys;
    return { one_time_key_counts: { signed_curve25519: Object.keys(keys).length } };
  },
  KeysQuery(_device, body, server) {
    const asked = Object.keys(body.device_keys ?? {});
    return {
      failures: {},
      device_keys: Object.fromEntries(asked.map((userId) => [userId, of(server.devices, userId)])),
    };
  },
  KeysClaim(_device, body, server) {
    const claimed: ByDevice<Json> = {};
    for (const [userId, devices] of Object.entries(body.one_time_keys ?? {})) {
      for (const deviceId of Object.keys(devices)) {
        const keys = of(server.oneTimeKeys, userId)[deviceId] ?? {};
        const [first] = Object.keys(keys);
        if (first === undefined) continue;
        of(claimed, userId)[deviceId] = { [first]: keys[first] };
        delete keys[first];
      }
    }
    return { failures: {}, one_time_keys: claimed };
  },
  ToDevice({ userId: sender }, body, server, type) {
    for (const [userId, devices] of Object.entries(body.messages ?? {})) {
      for (const [deviceId, content] of Object.entries(devices)) {
        of(server.inbox, userId)[deviceId] ??= [];
        of(server.inbox, userId)[deviceId]?.push({ sender, type, content });
      }
    }
    return {};
  },
};
