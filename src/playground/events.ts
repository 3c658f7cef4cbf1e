// Owns what an event is, inside the playground and for its clients.
import { randomBytes } from 'node:crypto';

export type Content = Record<string, unknown>;

/** An event as clients get it; `room_id` is left out in a sync. */
export type RoomEvent = {
  event_id: string;
  room_id?: string;
  sender: string;
  type: string;
  content: Content;
  origin_server_ts: number;
  state_key?: string;
  redacts?: string;
  unsigned?: Content;
};

/** Who asks: transaction ids are remembered and shown per device. */
export type Session = { userId: string; deviceId: string; token: string };

export type StoredEvent = {
  /** Place in the homeserver's one stream; counts from 1. */
  position: number;
  eventId: string;
  roomId: string;
  sender: string;
  type: string;
  stateKey: string | undefined;
  /** What a redaction strips, so it may change; everything else stays. */
  content: Content;
  redacts: string | undefined;
  sentAtMs: number;
  /** The state event that this one took the place of. */
  replaces: StoredEvent | undefined;
  sentBy: { session: Session; transactionId: string } | undefined;
  redactedBecause: StoredEvent | undefined;
  /** Taken but shown to nobody: a redaction of an event that is not there. */
  hidden: boolean;
};

/** Event ids since room version 4: 32 bytes as URL-safe base64, no server name. */
export const newEventId = () => `$${randomBytes(32).toString('base64url')}`;

export const newRoomId = (serverName: string) => `!${randomBytes(12).toString('base64url')}:${serverName}`;

export const sameDevice = (a: Session, b: Session) => a.userId === b.userId && a.deviceId === b.deviceId;

export function isObject(value: unknown): value is Content {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
