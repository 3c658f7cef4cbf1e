// Owns paging through a room's history.
import { timelineEvent } from './clientEvent.ts';
import { type Endpoint, numberIn } from './endpoint.ts';
import { badRequest, forbidden, notFound } from './errors.ts';
import { eventFilter, parseFilterJson } from './eventFilter.ts';
import type { Content, Session, StoredEvent } from './events.ts';
import { positionOf, tokenOf } from './feed.ts';
import type { Room } from './room.ts';
import type { World } from './world.ts';

const DEFAULT_LIMIT = 10;
const MAX_LIMIT = 1000;

/** https://spec.matrix.org/v1.11/client-server-api/#get_matrixclientv3roomsroomidmessages and, for one event, its context */
export function messageEndpoints(world: World): Endpoint[] {
  return [
    {
      name: 'messages',
      method: 'GET',
      path: '/_matrix/client/v3/rooms/:roomId/messages',
      handle: ({ session, param, query }) => page(world, session, param('roomId'), query),
    },
    {
      name: 'context',
      method: 'GET',
      path: '/_matrix/client/v3/rooms/:roomId/context/:eventId',
      handle: ({ session, param }) => context(world, session, param('roomId'), param('eventId')),
    },
  ];
}

function page(world: World, session: Session, roomId: string, query: URLSearchParams): Content {
  const direction = query.get('dir') ?? 'f';
  if (direction !== 'b' && direction !== 'f') throw badRequest('M_INVALID_PARAM', "'dir' must be one of b, f");
  const { room, seen } = visible(world, roomId, session.userId);
  const backward = direction === 'b';
  const from = positionOf(query.get('from')) ?? (backward ? world.feed.position : 0);
  const to = positionOf(query.get('to')) ?? (backward ? 0 : Number.POSITIVE_INFINITY);
  const wanted = eventFilter(parseFilterJson(query.get('filter') ?? '{}'));
  const between = backward
    ? seen.filter(({ position }) => position > to && position <= from).reverse()
    : seen.filter(({ position }) => position > from && position <= to);
  const chunk = between.filter(wanted.wants).slice(0, numberIn(query, 'limit', DEFAULT_LIMIT, MAX_LIMIT));
  const last = chunk.at(-1);
  return {
    chunk: chunk.map((event) => timelineEvent(room, event, session, world.nowMs())),
    start: tokenOf(from),
    // No `end` says that there is nothing more; as in Synapse, one more empty page may come first.
    ...(last && { end: tokenOf(backward ? last.position - 1 : last.position) }),
  };
}

/** The event and the places around it, as with `limit=0`: the neighbours themselves are left out. */
function context(world: World, session: Session, roomId: string, eventId: string): Content {
  const { room, seen } = visible(world, roomId, session.userId);
  const event = seen.find((other) => other.eventId === eventId);
  if (!event) throw notFound('Event not found.');
  return {
    event: timelineEvent(room, event, session, world.nowMs()),
    events_before: [],
    events_after: [],
    start: tokenOf(event.position - 1),
    end: tokenOf(event.position),
  };
}

/** The room's events that the user may read: all of them when joined, up to the leave otherwise. */
function visible({ rooms }: World, roomId: string, userId: string): { room: Room; seen: StoredEvent[] } {
  const room = rooms.find(roomId);
  const member = room?.member(userId);
  if (room && room.membership(userId) === 'join') return { room, seen: room.between(0, Number.POSITIVE_INFINITY) };
  const wasInside = member && room?.membershipAt(userId, member.position - 1) === 'join';
  if (room && wasInside) return { room, seen: room.between(0, member.position) };
  throw forbidden(`User ${userId} not in room ${roomId}, and room previews are disabled`);
}
