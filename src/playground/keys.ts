// Owns the little that is kept of end-to-end encryption: device keys and the counts of one-time keys.
import type { Endpoint } from './endpoint.ts';
import { type Content, isObject, type Session } from './events.ts';
import type { World } from './world.ts';

export class Keys {
  readonly #deviceKeys = new Map<string, Map<string, Content>>();
  readonly #oneTimeKeys = new Map<string, Set<string>>();

  upload({ userId, deviceId }: Session, deviceKeys: unknown, oneTimeKeys: unknown): void {
    if (isObject(deviceKeys)) {
      const devices = this.#deviceKeys.get(userId) ?? new Map<string, Content>();
      this.#deviceKeys.set(userId, devices.set(deviceId, deviceKeys));
    }
    if (!isObject(oneTimeKeys)) return;
    const ids = this.#oneTimeKeys.get(`${userId} ${deviceId}`) ?? new Set<string>();
    for (const id of Object.keys(oneTimeKeys)) ids.add(id);
    this.#oneTimeKeys.set(`${userId} ${deviceId}`, ids);
  }

  /** Key ids are `algorithm:id`; no key is ever claimed here, so the counts only grow. */
  oneTimeKeyCounts({ userId, deviceId }: Session): Record<string, number> {
    const counts: Record<string, number> = { signed_curve25519: 0 };
    for (const id of this.#oneTimeKeys.get(`${userId} ${deviceId}`) ?? []) {
      const algorithm = id.split(':')[0] ?? id;
      counts[algorithm] = (counts[algorithm] ?? 0) + 1;
    }
    return counts;
  }

  devicesOf(userId: string): Content {
    return Object.fromEntries(this.#deviceKeys.get(userId) ?? []);
  }
}

export function keyEndpoints({ keys }: World): Endpoint[] {
  return [
    {
      name: 'keysUpload',
      method: 'POST',
      path: '/_matrix/client/v3/keys/upload',
      handle: async ({ session, body }) => {
        const { device_keys: deviceKeys, one_time_keys: oneTimeKeys } = await body();
        keys.upload(session, deviceKeys, oneTimeKeys);
        return { one_time_key_counts: keys.oneTimeKeyCounts(session) };
      },
    },
    {
      name: 'keysQuery',
      method: 'POST',
      path: '/_matrix/client/v3/keys/query',
      handle: async ({ body }) => {
        const { device_keys: asked } = await body();
        const users = isObject(asked) ? Object.keys(asked) : [];
        return {
          device_keys: Object.fromEntries(users.map((userId) => [userId, keys.devicesOf(userId)])),
          failures: {},
          master_keys: {},
          self_signing_keys: {},
          user_signing_keys: {},
        };
      },
    },
  ];
}
