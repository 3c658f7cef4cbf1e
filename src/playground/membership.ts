// Owns how people come into a room and go: invite, join, leave, kick, ban.
import type { Call, Endpoint } from './endpoint.ts';
import { badRequest, forbidden, MatrixFailure } from './errors.ts';
import type { Content } from './events.ts';
import { mayAct, powerOf } from './permissions.ts';
import type { Membership, Room } from './room.ts';
import type { World } from './world.ts';

export function membershipEndpoints(world: World): Endpoint[] {
  const join = async ({ session, param, body }: Call) => {
    const { reason } = await body();
    const room = findRoom(world, param('roomId'));
    joinRoom(world, room, session.userId, reasonOf(reason));
    return { room_id: room.id };
  };
  const other = (name: string, act: (room: Room, by: string, target: string, reason: Content) => void): Endpoint => ({
    name,
    method: 'POST',
    path: `/_matrix/client/v3/rooms/:roomId/${name}`,
    handle: async ({ session, param, body }) => {
      const { user_id: target, reason } = await body();
      if (typeof target !== 'string') throw badRequest('M_MISSING_PARAM', "Missing params: ['user_id']");
      act(world.rooms.joined(param('roomId'), session.userId), session.userId, target, reasonOf(reason));
      return {};
    },
  });
  return [
    { name: 'join', method: 'POST', path: '/_matrix/client/v3/join/:roomId', handle: join },
    { name: 'join', method: 'POST', path: '/_matrix/client/v3/rooms/:roomId/join', handle: join },
    {
      name: 'leave',
      method: 'POST',
      path: '/_matrix/client/v3/rooms/:roomId/leave',
      handle: async ({ session, param, body }) => {
        const { reason } = await body();
        leaveRoom(findRoom(world, param('roomId')), session.userId, reasonOf(reason));
        return {};
      },
    },
    other('invite', (room, by, target, reason) => inviteTo(world, room, by, target, reason)),
    other('kick', (room, by, target, reason) => putOut(room, by, target, 'kick', reason)),
    other('ban', (room, by, target, reason) => putOut(room, by, target, 'ban', reason)),
  ];
}

const reasonOf = (reason: unknown): Content => (typeof reason === 'string' ? { reason } : {});

function findRoom({ rooms }: World, roomId: string): Room {
  const room = rooms.find(roomId);
  if (!room) throw new MatrixFailure(404, 'M_UNKNOWN', 'Not a known room');
  return room;
}

/** Invites `target`; `extra` goes into the member event (reason, is_direct). */
export function inviteTo({ accounts }: World, room: Room, by: string, target: string, extra: Content): void {
  if (!mayAct(room, by, 'invite')) throw forbidden("You don't have permission to invite users");
  const membership = room.membership(target);
  if (membership === 'join') throw forbidden(`${target} is already in the room.`);
  if (membership === 'ban') throw forbidden(`${target} is banned from the room`);
  const content = { ...accounts.memberContent(target, 'invite'), ...extra };
  room.append({ sender: by, type: 'm.room.member', stateKey: target, content });
}

/** Joining a room again changes nothing. */
export function joinRoom({ accounts }: World, room: Room, userId: string, extra: Content = {}): void {
  const membership = room.membership(userId);
  if (membership === 'join') return;
  if (membership === 'ban') throw forbidden('You are banned from this room');
  const isPublic = room.state('m.room.join_rules')?.content.join_rule === 'public';
  if (membership !== 'invite' && !isPublic) throw forbidden('You are not invited to this room.');
  const content = { ...accounts.memberContent(userId, 'join'), ...extra };
  room.append({ sender: userId, type: 'm.room.member', stateKey: userId, content });
}

/** Leaves the room or declines the invite. */
function leaveRoom(room: Room, userId: string, extra: Content): void {
  if (!isInside(room.membership(userId))) throw forbidden(`${userId} not in room ${room.id}.`);
  const content = { membership: 'leave', ...extra };
  room.append({ sender: userId, type: 'm.room.member', stateKey: userId, content });
}

function putOut(room: Room, by: string, target: string, act: 'kick' | 'ban', extra: Content): void {
  if (act === 'kick' && !isInside(room.membership(target))) throw forbidden('The target user is not in the room');
  if (!mayAct(room, by, act) || powerOf(room, by) <= powerOf(room, target)) {
    throw forbidden(`You cannot ${act} user ${target}.`);
  }
  const membership: Membership = act === 'ban' ? 'ban' : 'leave';
  room.append({ sender: by, type: 'm.room.member', stateKey: target, content: { membership, ...extra } });
}

const isInside = (membership: Membership | undefined) => membership === 'join' || membership === 'invite';
