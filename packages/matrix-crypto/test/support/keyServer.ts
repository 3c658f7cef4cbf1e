// Owns a homeserver's part in the exchange of keys, in memory: upload, query, claim, signatures, to-device messages, syncs.
import type { KeySync, OutgoingRequest } from '../../index.ts';
import { RequestType, toHttpRequest } from '../../index.ts';

// biome-ignore lint/suspicious/noExplicitAny: bodies of the client-server API, whose shapes the machines make.
type Json = Record<string, any>;
type DeviceState = {
  keys?: Json;
  oneTimeKeys: Map<string, Json>;
  fallback: { id: string; key: Json; isUsed: boolean } | undefined;
  inbox: Json[];
  /** How far this device has seen `changes`. */
  seen: number;
};
type UserState = { devices: Map<string, DeviceState>; crossSigning: Json };

/** One device's way to the server. */
export type Access = {
  send(request: OutgoingRequest): Promise<string>;
  sync(): KeySync;
  uploadSigningKeys(body: string): Promise<void>;
};

export type KeyServer = ReturnType<typeof createKeyServer>;

export function createKeyServer() {
  const users = new Map<string, UserState>();
  /** Users whose devices or identity changed, in order. */
  const changes: string[] = [];
  const seenTransactions = new Set<string>();
  /** Every request that was taken, in order. */
  const log: { userId: string; deviceId: string; request: OutgoingRequest }[] = [];

  const userOf = (userId: string): UserState => {
    const known = users.get(userId) ?? { devices: new Map(), crossSigning: {} };
    users.set(userId, known);
    return known;
  };
  const deviceOf = (userId: string, deviceId: string): DeviceState => {
    const { devices } = userOf(userId);
    const known = devices.get(deviceId) ?? {
      oneTimeKeys: new Map(),
      fallback: undefined,
      inbox: [],
      seen: changes.length,
    };
    devices.set(deviceId, known);
    return known;
  };
  const counts = ({ oneTimeKeys }: DeviceState) => ({ signed_curve25519: oneTimeKeys.size });

  function upload(userId: string, deviceId: string, body: Json): Json {
    const device = deviceOf(userId, deviceId);
    if (body.device_keys) {
      device.keys = body.device_keys;
      changes.push(userId);
    }
    for (const [id, key] of Object.entries<Json>(body.one_time_keys ?? {})) {
      const known = device.oneTimeKeys.get(id);
      if (known && known.key !== key.key) throw new Error(`One time key ${id} already exists`);
      device.oneTimeKeys.set(id, key);
    }
    for (const [id, key] of Object.entries<Json>(body.fallback_keys ?? {}))
      device.fallback = { id, key, isUsed: false };
    return { one_time_key_counts: counts(device) };
  }

  function query(userId: string, body: Json): Json {
    const asked = Object.keys(body.device_keys);
    const published = (name: string) =>
      Object.fromEntries(
        asked.flatMap((user) => {
          const key = users.get(user)?.crossSigning[name];
          return key && (name !== 'user_signing_key' || user === userId) ? [[user, key]] : [];
        }),
      );
    const devicesOf = (user: string) =>
      [...(users.get(user)?.devices ?? [])].flatMap(([id, { keys }]) => (keys ? [[id, keys]] : []));
    return {
      device_keys: Object.fromEntries(asked.map((user) => [user, Object.fromEntries(devicesOf(user))])),
      failures: {},
      master_keys: published('master_key'),
      self_signing_keys: published('self_signing_key'),
      user_signing_keys: published('user_signing_key'),
    };
  }

  function claimOne(device: DeviceState): Json | undefined {
    const first = [...device.oneTimeKeys].at(0);
    if (first) {
      device.oneTimeKeys.delete(first[0]);
      return { [first[0]]: first[1] };
    }
    if (!device.fallback) return undefined;
    device.fallback.isUsed = true;
    return { [device.fallback.id]: device.fallback.key };
  }

  function claim(body: Json): Json {
    const found: Json = {};
    for (const [user, devices] of Object.entries<Json>(body.one_time_keys)) {
      for (const id of Object.keys(devices)) {
        const device = users.get(user)?.devices.get(id);
        const key = device && claimOne(device);
        if (key) found[user] = { ...found[user], [id]: key };
      }
    }
    return { one_time_keys: found, failures: {} };
  }

  function toDevice(userId: string, request: OutgoingRequest & { type: typeof RequestType.ToDevice }): Json {
    const { messages } = JSON.parse(request.body) as Json;
    if (seenTransactions.has(request.txnId)) return {};
    seenTransactions.add(request.txnId);
    for (const [user, devices] of Object.entries<Json>(messages)) {
      for (const [id, content] of Object.entries<Json>(devices)) {
        const known = users.get(user)?.devices ?? new Map<string, DeviceState>();
        const targets = id === '*' ? [...known.values()] : [known.get(id)];
        for (const target of targets) target?.inbox.push({ type: request.eventType, sender: userId, content });
      }
    }
    return {};
  }

  function addSignatures(userId: string, body: Json): Json {
    for (const [target, signed] of Object.entries<Json>(body[userId] ?? {})) {
      const { devices, crossSigning } = userOf(userId);
      const masterKey = Object.values<string>(crossSigning.master_key?.keys ?? {})[0];
      const known = target === masterKey ? crossSigning.master_key : devices.get(target)?.keys;
      if (known) known.signatures[userId] = { ...known.signatures?.[userId], ...signed.signatures[userId] };
    }
    changes.push(userId);
    return { failures: {} };
  }

  function answer(userId: string, deviceId: string, request: OutgoingRequest): Json {
    const { body } = toHttpRequest(request) as { body: Json };
    if (request.type === RequestType.KeysUpload) return upload(userId, deviceId, body);
    if (request.type === RequestType.KeysQuery) return query(userId, body);
    if (request.type === RequestType.KeysClaim) return claim(body);
    if (request.type === RequestType.ToDevice) return toDevice(userId, request);
    if (request.type === RequestType.SignatureUpload) return addSignatures(userId, body);
    throw new Error(`not for a key server: ${request.type}`);
  }

  function access(userId: string, deviceId: string): Access {
    return {
      send: async (request) => {
        const json = JSON.stringify(answer(userId, deviceId, request));
        log.push({ userId, deviceId, request });
        return json;
      },
      sync: () => {
        const device = deviceOf(userId, deviceId);
        const changedUsers = [...new Set(changes.slice(device.seen))];
        device.seen = changes.length;
        return {
          toDeviceEvents: device.inbox.splice(0),
          changedUsers,
          leftUsers: [],
          oneTimeKeyCounts: counts(device),
          unusedFallbackKeys: device.fallback && !device.fallback.isUsed ? ['signed_curve25519'] : [],
        };
      },
      uploadSigningKeys: async (body) => {
        userOf(userId).crossSigning = JSON.parse(body) as Json;
        changes.push(userId);
      },
    };
  }

  /** The device is gone, with all that waits for it. */
  const removeDevice = (userId: string, deviceId: string) => {
    userOf(userId).devices.delete(deviceId);
    changes.push(userId);
  };
  /** What another device would see of this one. */
  const publishedKeys = (userId: string, deviceId: string): Json | undefined =>
    users.get(userId)?.devices.get(deviceId)?.keys;

  return { access, log, removeDevice, publishedKeys };
}
