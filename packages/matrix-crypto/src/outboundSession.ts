// Owns what can be known from outside of the session that a room is encrypted with: how much of it is used, and whether it goes on.
import type { EncryptionSettings } from './settings.ts';

/** Clocks differ in when they read: near its end a session is asked about, not guessed. */
const MARGIN_MS = 60_000;

/** When a session ends, by what comes first. */
export type Limits = { readonly periodMs: number; readonly messages: number };

/** A session as its last event shows it. */
export type OutboundSession = {
  readonly id: string;
  /** Events encrypted with it so far. */
  readonly messages: number;
  /** When it was made, by `Date.now()`, and with which limits; null where this process did not see its first event. */
  readonly start: { readonly atMs: number; readonly limits: Limits } | null;
};

/** What surely holds for a session that was made under one of both. */
export const lowerLimits = (one: Limits, other: Limits): Limits => ({
  periodMs: Math.min(one.periodMs, other.periodMs),
  messages: Math.min(one.messages, other.messages),
});

/** The index of the event in its session: a protobuf integer after version and tag (https://gitlab.matrix.org/matrix-org/olm/-/blob/master/docs/megolm.md#message-format). */
function messageIndexOf(ciphertext: string): number {
  const bytes = Buffer.from(ciphertext, 'base64');
  let [index, position] = [0, 2];
  for (let factor = 1; ; factor *= 0x80) {
    const byte = bytes[position] ?? 0;
    index += (byte & 0x7f) * factor;
    position += 1;
    if (byte < 0x80) return index;
  }
}

/** The session after `content` (JSON of an encrypted event's) was made with it; `start` holds for it if that is its first. */
export function sessionAfter(
  content: string,
  start: NonNullable<OutboundSession['start']>,
  before: OutboundSession | undefined,
): OutboundSession {
  const { session_id: id, ciphertext } = JSON.parse(content) as { session_id: string; ciphertext: string };
  const index = messageIndexOf(ciphertext);
  if (before?.id === id) return { ...before, messages: index + 1 };
  return { id, messages: index + 1, start: index === 0 ? start : null };
}

/** Whether the next event may be encrypted with it for certain. Its limits are those it was made with: later ones do not count. */
export function goesOn(session: OutboundSession | undefined): boolean {
  if (!session?.start) return false;
  const { atMs, limits } = session.start;
  return session.messages < limits.messages && Date.now() - atMs < limits.periodMs - MARGIN_MS;
}

/** Whether the same key would be shared with the same devices under both. */
export function isSameSettings(one: Readonly<EncryptionSettings>, other: Readonly<EncryptionSettings>): boolean {
  const names = Object.keys(one) as (keyof EncryptionSettings)[];
  return names.every((name) => one[name] === other[name]);
}
