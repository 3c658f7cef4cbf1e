// Owns the opening of a room: the events that a new room begins with, in Synapse's order.
import type { Endpoint } from './endpoint.ts';
import { badRequest } from './errors.ts';
import { type Content, isObject } from './events.ts';
import { inviteTo } from './membership.ts';
import { defaultPowerLevels } from './permissions.ts';
import type { Room } from './room.ts';
import type { World } from './world.ts';

export const ROOM_VERSION = '11';

const PRESETS = {
  private_chat: { joinRule: 'invite', guestAccess: 'can_join', invite: 0 },
  trusted_private_chat: { joinRule: 'invite', guestAccess: 'can_join', invite: 0 },
  public_chat: { joinRule: 'public', guestAccess: 'forbidden', invite: 50 },
} as const;

export function createRoomEndpoints(world: World): Endpoint[] {
  return [
    {
      name: 'createRoom',
      method: 'POST',
      path: '/_matrix/client/v3/createRoom',
      handle: async ({ session, body }) => {
        const wish = await body();
        // Synapse counts a new room as a message.
        world.sendLimit(session.userId);
        return { room_id: openRoom(world, session.userId, wish).id };
      },
    },
  ];
}

function presetOf({ preset, visibility }: Content): keyof typeof PRESETS {
  if (preset === undefined) return visibility === 'public' ? 'public_chat' : 'private_chat';
  if (typeof preset === 'string' && preset in PRESETS) return preset as keyof typeof PRESETS;
  throw badRequest('M_BAD_JSON', `'${preset}' is not a valid preset`);
}

/** https://spec.matrix.org/v1.11/client-server-api/#post_matrixclientv3createroom */
function openRoom(world: World, creator: string, wish: Content): Room {
  const preset = presetOf(wish);
  const invited = strings(wish.invite);
  const room = world.rooms.open();
  const set = (type: string, content: Content, stateKey = '') =>
    room.append({ sender: creator, type, stateKey, content });

  set('m.room.create', { ...(isObject(wish.creation_content) && wish.creation_content), room_version: ROOM_VERSION });
  set('m.room.member', world.accounts.memberContent(creator, 'join'), creator);
  set('m.room.power_levels', powerLevels(creator, preset, invited, wish.power_level_content_override));
  const own = initialState(wish);
  const isOwn = (type: string) => own.some((event) => event.type === type);
  const { joinRule, guestAccess } = PRESETS[preset];
  if (!isOwn('m.room.join_rules')) set('m.room.join_rules', { join_rule: joinRule });
  if (!isOwn('m.room.history_visibility')) set('m.room.history_visibility', { history_visibility: 'shared' });
  if (!isOwn('m.room.guest_access')) set('m.room.guest_access', { guest_access: guestAccess });
  for (const { type, content, stateKey } of own) set(type, content, stateKey);
  if (typeof wish.name === 'string') set('m.room.name', { name: wish.name });
  if (typeof wish.topic === 'string') set('m.room.topic', { topic: wish.topic });
  for (const userId of invited) {
    inviteTo(world, room, creator, userId, wish.is_direct === true ? { is_direct: true } : {});
  }
  return room;
}

function powerLevels(creator: string, preset: keyof typeof PRESETS, invited: string[], override: unknown): Content {
  const levels = defaultPowerLevels(creator, PRESETS[preset].invite);
  if (preset === 'trusted_private_chat') {
    levels.users = Object.fromEntries([creator, ...invited].map((userId) => [userId, 100]));
  }
  return { ...levels, ...(isObject(override) && override) };
}

function initialState({ initial_state: given }: Content): { type: string; stateKey: string; content: Content }[] {
  if (!Array.isArray(given)) return [];
  return given.filter(isObject).map((event) => ({
    type: String(event.type),
    stateKey: typeof event.state_key === 'string' ? event.state_key : '',
    content: isObject(event.content) ? event.content : {},
  }));
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}
