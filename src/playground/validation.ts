// Owns the checks on an event's content before it is taken, as Synapse makes them.
import { badRequest, tooLarge } from './errors.ts';
import { type Content, isObject } from './events.ts';

/** Limit on a whole event: https://spec.matrix.org/v1.11/client-server-api/#size-limits */
export const MAX_EVENT_BYTES = 65_536;

/** What Synapse adds to the client's part of an event (hashes, signature, auth and previous events): measured, it varies a little. */
const FEDERATION_BYTES = 540;

/** Throws 400 or 413 for content that no homeserver takes. */
export function demandGoodContent(type: string, sender: string, content: Content): void {
  demandCanonical(content);
  if (type === 'm.room.message') demandStrings(content, ['body', 'msgtype']);
  demandGoodMentions(content['m.mentions']);
  const bytes = Buffer.byteLength(JSON.stringify({ type, sender, content })) + FEDERATION_BYTES;
  if (bytes > MAX_EVENT_BYTES) throw tooLarge('event too large');
}

/** Events hold no fractions and no integers over 2^53: their hash would not be the same everywhere. */
function demandCanonical(value: unknown): void {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    throw badRequest('M_BAD_JSON', Number.isInteger(value) ? 'JSON integer out of range' : 'Bad JSON value: float');
  }
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(demandCanonical);
}

function demandStrings(content: Content, keys: string[]): void {
  for (const key of keys) {
    if (!(key in content)) throw badRequest('M_UNKNOWN', `'${key}' not in content`);
    if (typeof content[key] !== 'string') throw badRequest('M_UNKNOWN', `'${key}' not a string type`);
  }
}

/** Synapse takes some of what is refused here, and answers 500 to some. */
function demandGoodMentions(mentions: unknown): void {
  if (mentions === undefined) return;
  const good =
    isObject(mentions) &&
    (mentions.user_ids === undefined ||
      (Array.isArray(mentions.user_ids) && mentions.user_ids.every((userId) => typeof userId === 'string'))) &&
    (mentions.room === undefined || typeof mentions.room === 'boolean');
  if (!good) throw badRequest('M_BAD_JSON', 'm.mentions is not of the right shape');
}
