// Owns the endpoints that put events into a room: send, redact, state.
import { isDeepStrictEqual } from 'node:util';
import type { Call, Endpoint } from './endpoint.ts';
import { badRequest } from './errors.ts';
import type { Content, StoredEvent } from './events.ts';
import { demandMaySend } from './permissions.ts';
import { redactionTarget, strip } from './redaction.ts';
import { demandGoodRelation } from './relations.ts';
import type { Room } from './room.ts';
import { demandGoodContent } from './validation.ts';
import type { World } from './world.ts';

export function sendEndpoints(world: World): Endpoint[] {
  const putState = (call: Call, stateKey: string) => setState(world, call, stateKey);
  return [
    {
      name: 'send',
      method: 'PUT',
      path: '/_matrix/client/v3/rooms/:roomId/send/:type/:transactionId',
      handle: async (call) => {
        const content = await call.body();
        return { event_id: once(world, call, (room) => send(room, call, call.param('type'), content)).eventId };
      },
    },
    {
      name: 'redact',
      method: 'PUT',
      path: '/_matrix/client/v3/rooms/:roomId/redact/:eventId/:transactionId',
      handle: async (call) => {
        const content = await call.body();
        return { event_id: once(world, call, (room) => redact(room, call, content)).eventId };
      },
    },
    {
      name: 'setState',
      method: 'PUT',
      path: '/_matrix/client/v3/rooms/:roomId/state/:type/:stateKey',
      handle: (call) => putState(call, call.param('stateKey')),
    },
    {
      name: 'setState',
      method: 'PUT',
      path: '/_matrix/client/v3/rooms/:roomId/state/:type',
      handle: (call) => putState(call, ''),
    },
    {
      name: 'setState',
      method: 'PUT',
      path: '/_matrix/client/v3/rooms/:roomId/state/:type/',
      handle: (call) => putState(call, ''),
    },
  ];
}

/** The same transaction id from the same device gives the event that it made before, and counts against no limit. */
function once(world: World, { session, param }: Call, put: (room: Room) => StoredEvent): StoredEvent {
  const room = world.rooms.joined(param('roomId'), session.userId);
  const before = room.sentWith(session, param('transactionId'));
  if (before) return before;
  world.sendLimit(session.userId);
  return put(room);
}

function send(room: Room, { session, param }: Call, type: string, content: Content): StoredEvent {
  const sender = session.userId;
  const sentBy = { session, transactionId: param('transactionId') };
  demandGoodContent(type, sender, content);
  demandMaySend(room, sender, type, false);
  demandGoodRelation(room, sender, type, content);
  return room.append({ sender, type, content, sentBy });
}

function redact(room: Room, { session, param }: Call, content: Content): StoredEvent {
  const sender = session.userId;
  const redacts = param('eventId');
  const target = redactionTarget(room, sender, redacts);
  const redaction = room.append({
    sender,
    type: 'm.room.redaction',
    content: { ...content, redacts },
    redacts,
    sentBy: { session, transactionId: param('transactionId') },
    hidden: target === undefined,
  });
  if (target) strip(target, redaction);
  return redaction;
}

/** State that is already as wished makes no new event. */
async function setState(world: World, { session, param, body }: Call, stateKey: string): Promise<Content> {
  const content = await body();
  const type = param('type');
  const sender = session.userId;
  if (type === 'm.room.member')
    throw badRequest('M_UNKNOWN', 'Members come and go by invite, join, leave and kick here');
  const room = world.rooms.joined(param('roomId'), sender);
  world.sendLimit(sender);
  demandGoodContent(type, sender, content);
  demandMaySend(room, sender, type, true);
  const now = room.state(type, stateKey);
  if (now && isDeepStrictEqual(now.content, content)) return { event_id: now.eventId };
  return { event_id: room.append({ sender, type, stateKey, content }).eventId };
}
