// Owns the limit on sending, counted as Synapse counts rc_message: a leaking bucket a user.
import { limitExceeded } from './errors.ts';

export type SendLimitOptions = { burst: number; perSecond: number };
/** Counts one send of the user; throws 429 with the time to wait when the bucket is full (and then counts nothing). */
export type SendLimit = (userId: string) => void;

/** https://element-hq.github.io/synapse/latest/usage/configuration/config_documentation.html#rc_message */
export function createSendLimit(options: SendLimitOptions | undefined, nowMs: () => number): SendLimit {
  if (!options) return () => {};
  const { burst, perSecond } = options;
  const buckets = new Map<string, { level: number; atMs: number }>();
  return (userId) => {
    const now = nowMs();
    const bucket = buckets.get(userId) ?? { level: 0, atMs: now };
    const level = Math.max(0, bucket.level - ((now - bucket.atMs) / 1000) * perSecond);
    if (level > burst - 1) throw limitExceeded(Math.ceil(((level - burst + 1) / perSecond) * 1000));
    buckets.set(userId, { level: level + 1, atMs: now });
  };
}
