// Owns the endpoints that tell how a room is now: its state, its members, single events.
import { stateEvent, timelineEvent } from './clientEvent.ts';
import type { Call, Endpoint } from './endpoint.ts';
import { notFound } from './errors.ts';
import type { Membership } from './room.ts';
import type { World } from './world.ts';

const MEMBERSHIPS: Membership[] = ['invite', 'join', 'leave', 'ban'];

export function readRoomEndpoints({ rooms, nowMs }: World): Endpoint[] {
  const roomOf = ({ session, param }: Call) => rooms.joined(param('roomId'), session.userId);
  const oneState = (call: Call, stateKey: string) => {
    const event = roomOf(call).state(call.param('type'), stateKey);
    if (!event) throw notFound('Event not found.');
    // https://spec.matrix.org/v1.16/client-server-api/#get_matrixclientv3roomsroomidstateeventtypestatekey
    return call.query.get('format') === 'event' ? stateEvent(event, call.session, nowMs()) : event.content;
  };
  const get = (name: string, path: string, handle: Endpoint['handle']): Endpoint => ({
    name,
    method: 'GET',
    path: `/_matrix/client/v3${path}`,
    handle,
  });
  return [
    get('joinedRooms', '/joined_rooms', ({ session }) => ({
      joined_rooms: rooms.joinedBy(session.userId).map((room) => room.id),
    })),
    get('state', '/rooms/:roomId/state', (call) => {
      const events = roomOf(call).currentState();
      return Response.json(events.map((event) => stateEvent(event, call.session, nowMs())));
    }),
    get('state', '/rooms/:roomId/state/:type', (call) => oneState(call, '')),
    get('state', '/rooms/:roomId/state/:type/', (call) => oneState(call, '')),
    get('state', '/rooms/:roomId/state/:type/:stateKey', (call) => oneState(call, call.param('stateKey'))),
    get('event', '/rooms/:roomId/event/:eventId', (call) => {
      const room = roomOf(call);
      const event = room.event(call.param('eventId'));
      if (!event) throw notFound('Event not found.');
      return timelineEvent(room, event, call.session, nowMs());
    }),
    get('joinedMembers', '/rooms/:roomId/joined_members', (call) => {
      const members = roomOf(call).members('join');
      return {
        joined: Object.fromEntries(
          members.map(({ stateKey, content }) => [
            stateKey,
            { display_name: content.displayname ?? null, avatar_url: content.avatar_url ?? null },
          ]),
        ),
      };
    }),
    get('members', '/rooms/:roomId/members', (call) => {
      const only = call.query.get('membership');
      const not = call.query.get('not_membership');
      const wanted = MEMBERSHIPS.filter((membership) => (only ?? membership) === membership && membership !== not);
      const members = roomOf(call).members(...wanted);
      return { chunk: members.map((event) => stateEvent(event, call.session, nowMs())) };
    }),
  ];
}
