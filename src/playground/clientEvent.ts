// Owns how a client gets to see an event, place by place as Synapse shows it.
import { type Content, type RoomEvent, type Session, type StoredEvent, sameDevice } from './events.ts';
import type { Room } from './room.ts';

/** The event with all that `unsigned` may hold; the transaction id is told to the device that sent it only. */
export function clientEvent(stored: StoredEvent, viewer: Session, nowMs: number): RoomEvent {
  const { replaces } = stored;
  const event = stateEvent(stored, viewer, nowMs);
  const before = replaces && { prev_content: replaces.content, prev_sender: replaces.sender };
  return { ...event, unsigned: { ...event.unsigned, ...before } };
}

/** An event of a timeline: it tells what the viewer's own membership was then. */
export function timelineEvent(room: Room, stored: StoredEvent, viewer: Session, nowMs: number): RoomEvent {
  const event = clientEvent(stored, viewer, nowMs);
  const membership = room.membershipAt(viewer.userId, stored.position) ?? 'leave';
  return { ...event, unsigned: { ...event.unsigned, membership } };
}

/** An event as part of a room's state, where what it took the place of is named but not shown. */
export function stateEvent(stored: StoredEvent, viewer: Session, nowMs: number): RoomEvent {
  return {
    type: stored.type,
    room_id: stored.roomId,
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

function unsignedOf(
  { sentAtMs, replaces, redactedBecause, sentBy }: StoredEvent,
  viewer: Session,
  nowMs: number,
): Content {
  return {
    age: nowMs - sentAtMs,
    ...(replaces && { replaces_state: replaces.eventId }),
    ...(redactedBecause && {
      redacted_by: redactedBecause.eventId,
      redacted_because: stateEvent(redactedBecause, viewer, nowMs),
    }),
    ...(sentBy && sameDevice(sentBy.session, viewer) && { transaction_id: sentBy.transactionId }),
  };
}

/** A sync names the room once, not in every event. */
export function withoutRoomId({ room_id: _, ...event }: RoomEvent): RoomEvent {
  return event;
}

/** Stripped state: what somebody outside the room may know of it. */
export function stripped(stored: StoredEvent): Content {
  return { type: stored.type, state_key: stored.stateKey, sender: stored.sender, content: stored.content };
}
