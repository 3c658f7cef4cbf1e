// Owns the shape of a sync's answer: rooms, timelines and states, whatever JSON the homeserver sends.
import { fieldsOf, type RawEvent, type Timeline, textOf } from './events.ts';
import { roomIdOf } from './ids.ts';
import { badAnswer, entriesOf, eventsOf } from './shapes.ts';

export type ParsedSync = {
  nextBatch: string;
  invited: { roomId: string; state: RawEvent[] }[];
  joined: { roomId: string; timeline: Timeline; state: RawEvent[] }[];
  left: string[];
};

const WHAT = 'a sync';

/**
 * A sync as Lector looks at it (client-server API, GET /sync). Throws `homeserver_unavailable` where it is of another shape: passed
 * over, what is missing in it would never come again.
 */
export function parseSync(raw: unknown): ParsedSync {
  const { next_batch: nextBatch, rooms } = fieldsOf(raw);
  if (!textOf(nextBatch)) throw badAnswer(WHAT);
  const { invite, join, leave } = Object.fromEntries(entriesOf(rooms, WHAT));
  return {
    nextBatch: String(nextBatch),
    invited: roomsOf(invite).map(([roomId, room]) => ({ roomId, state: eventsIn(room.invite_state) })),
    joined: roomsOf(join).map(([roomId, room]) => ({
      roomId,
      timeline: timelineOf(room.timeline),
      state: eventsIn(room.state),
    })),
    left: roomsOf(leave).map(([roomId]) => roomId),
  };
}

function roomsOf(value: unknown): [roomId: string, room: Record<string, unknown>][] {
  return entriesOf(value, WHAT)
    .filter(([roomId]) => roomIdOf(roomId) !== undefined)
    .map(([roomId, room]) => [roomId, Object.fromEntries(entriesOf(room, WHAT))]);
}

function eventsIn(part: unknown): RawEvent[] {
  return eventsOf(Object.fromEntries(entriesOf(part, WHAT)).events, WHAT);
}

function timelineOf(part: unknown): Timeline {
  const { limited, prev_batch: prevBatch } = fieldsOf(part);
  return { events: eventsIn(part), isLimited: limited === true, prevBatch: textOf(prevBatch) };
}
