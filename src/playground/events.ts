// Owns what an event is inside the playground, and how a client gets to see it.
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
};

/** Event ids since room version 4: 32 bytes as URL-safe base64, no server name. */
export const newEventId = () => `$${randomBytes(32).toString('base64url')}`;

export const newRoomId = (serverName: string) => `!${randomBytes(12).toString('base64url')}:${serverName}`;

export const sameDevice = (a: Session, b: Session) => a.userId === b.userId && a.deviceId === b.deviceId;

export function isObject(value: unknown): value is Content {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The event as `viewer` may see it: `unsigned` holds the transaction id on the device that sent it only. */
export function forClient(stored: StoredEvent, viewer: Session, nowMs: number, withRoomId = true): RoomEvent {
  return {
    type: stored.type,
    ...(withRoomId && { room_id: stored.roomId }),
    sender: stored.sender,
    content: stored.content,
    ...(stored.stateKey !== undefined && { state_key: stored.stateKey }),
    origin_server_ts: stored.sentAtMs,
    // Room version 11 moved `redacts` into the content; Synapse tells it in both places.
    ...(stored.redacts !== undefined && { redacts: stored.redacts }),
    unsigned: unsignedOf(stored, viewer, nowMs),
    event_id: stored.eventId,
  };
}

function unsignedOf(stored: StoredEvent, viewer: Session, nowMs: number): Content {
  const { replaces, redactedBecause, sentBy } = stored;
  return {
    age: nowMs - stored.sentAtMs,
    ...(replaces && {
      replaces_state: replaces.eventId,
      prev_content: replaces.content,
      prev_sender: replaces.sender,
    }),
    ...(redactedBecause && {
      redacted_by: redactedBecause.eventId,
      redacted_because: forClient(redactedBecause, viewer, nowMs),
    }),
    ...(sentBy && sameDevice(sentBy.session, viewer) && { transaction_id: sentBy.transactionId }),
  };
}

/** Stripped state: what somebody outside the room may know of it. */
export function stripped(stored: StoredEvent): Content {
  return { type: stored.type, state_key: stored.stateKey, sender: stored.sender, content: stored.content };
}
