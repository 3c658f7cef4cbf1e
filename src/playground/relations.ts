// Owns relations between events: what a relation may point at, and the list of an event's relations.
import { timelineEvent } from './clientEvent.ts';
import { type Endpoint, numberIn } from './endpoint.ts';
import { badRequest, MatrixFailure } from './errors.ts';
import { type Content, isObject, type StoredEvent } from './events.ts';
import { positionOf, tokenOf } from './feed.ts';
import type { Room } from './room.ts';
import type { World } from './world.ts';

type Relation = { type: string; eventId: string; key: unknown };

export function relationOf(content: Content): Relation | null {
  const relation = content['m.relates_to'];
  if (!isObject(relation)) return null;
  const { rel_type: type, event_id: eventId, key } = relation;
  return typeof type === 'string' && typeof eventId === 'string' ? { type, eventId, key } : null;
}

/** Throws the 400s of Synapse: an unknown target, the same reaction twice, a thread on an event that is itself related. */
export function demandGoodRelation(room: Room, sender: string, type: string, content: Content): void {
  const relation = relationOf(content);
  if (!relation) return;
  const target = room.event(relation.eventId);
  if (!target) throw badRequest('M_UNKNOWN', "Can't send relation to unknown event");
  if (relation.type === 'm.thread' && relationOf(target.content)) {
    throw badRequest('M_UNKNOWN', 'Cannot start threads from an event with a relation');
  }
  if (relation.type === 'm.annotation' && isRepeated(room, sender, type, relation)) {
    throw badRequest('M_DUPLICATE_ANNOTATION', "Can't send same reaction twice");
  }
}

function isRepeated(room: Room, sender: string, type: string, relation: Relation): boolean {
  return childrenOf(room, relation.eventId, relation.type).some(
    (other) => other.sender === sender && other.type === type && relationOf(other.content)?.key === relation.key,
  );
}

/** The events that point at the event, oldest first; redacted ones have lost their relation. */
function childrenOf(room: Room, eventId: string, relationType?: string): StoredEvent[] {
  return room.children(eventId).filter((event) => {
    const relation = relationOf(event.content);
    return relation?.eventId === eventId && (relationType === undefined || relation.type === relationType);
  });
}

/** Synapse tells no edits of an event that was redacted, though they stand, and everything else (seen in 1.160). */
function childrenShown(room: Room, eventId: string, relationType: string | undefined): StoredEvent[] {
  const isRedacted = room.event(eventId)?.redactedBecause !== undefined;
  return childrenOf(room, eventId, relationType).filter(
    (event) => !isRedacted || relationOf(event.content)?.type !== 'm.replace',
  );
}

/** https://spec.matrix.org/v1.11/client-server-api/#relationships-api */
export function relationEndpoints({ rooms, nowMs }: World): Endpoint[] {
  const path = '/_matrix/client/v1/rooms/:roomId/relations/:eventId';
  return [path, `${path}/:relationType`, `${path}/:relationType/:eventType`].map((route, parts) => ({
    name: 'relations',
    method: 'GET',
    path: route,
    handle: ({ session, param, query }) => {
      const room = rooms.joined(param('roomId'), session.userId);
      if (!room.event(param('eventId'))) throw new MatrixFailure(404, 'M_UNKNOWN', 'Unknown parent event.');
      const children = childrenShown(room, param('eventId'), parts >= 1 ? param('relationType') : undefined);
      const wanted = parts >= 2 ? children.filter((event) => event.type === param('eventType')) : children;
      const page = pageOf(wanted, query);
      return {
        chunk: page.events.map((event) => timelineEvent(room, event, session, nowMs())),
        ...(page.next !== null && { next_batch: page.next }),
      };
    },
  }));
}

/** Newest first unless `dir=f`; Synapse gives 5 when no limit is asked for. */
function pageOf(events: StoredEvent[], query: URLSearchParams): { events: StoredEvent[]; next: string | null } {
  const from = positionOf(query.get('from'));
  const limit = numberIn(query, 'limit', 5, 1000);
  const forward = query.get('dir') === 'f';
  const rest = forward
    ? events.filter((event) => event.position > (from ?? 0))
    : events.filter((event) => event.position <= (from ?? Number.POSITIVE_INFINITY)).reverse();
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  if (!last || rest.length <= limit) return { events: page, next: null };
  return { events: page, next: tokenOf(forward ? last.position : last.position - 1) };
}
