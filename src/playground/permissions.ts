// Owns who may do what in a room: power levels, as the room's m.room.power_levels tells them.
import { forbidden } from './errors.ts';
import { type Content, isObject } from './events.ts';
import type { Room } from './room.ts';

/** What Synapse writes into a new room. */
export const defaultPowerLevels = (creator: string, invite: number): Content => ({
  users: { [creator]: 100 },
  users_default: 0,
  events: {
    'm.room.name': 50,
    'm.room.power_levels': 100,
    'm.room.history_visibility': 100,
    'm.room.canonical_alias': 50,
    'm.room.avatar': 50,
    'm.room.tombstone': 100,
    'm.room.server_acl': 100,
    'm.room.encryption': 100,
  },
  events_default: 0,
  state_default: 50,
  ban: 50,
  kick: 50,
  redact: 50,
  invite,
  historical: 100,
});

function level(levels: Content | undefined, key: string, fallback: number): number {
  const value = levels?.[key];
  return typeof value === 'number' ? value : fallback;
}

const levelsOf = (room: Room) => room.state('m.room.power_levels')?.content;

export function powerOf(room: Room, userId: string): number {
  const levels = levelsOf(room);
  const users = isObject(levels?.users) ? levels.users : {};
  return level(users, userId, level(levels, 'users_default', 0));
}

export type Act = 'kick' | 'ban' | 'redact' | 'invite';

export function mayAct(room: Room, userId: string, act: Act): boolean {
  return powerOf(room, userId) >= level(levelsOf(room), act, act === 'invite' ? 0 : 50);
}

/** Throws 403 when the user's power does not suffice to send this type. */
export function demandMaySend(room: Room, userId: string, type: string, isState: boolean): void {
  const levels = levelsOf(room);
  const events = isObject(levels?.events) ? levels.events : {};
  const fallback = isState ? level(levels, 'state_default', 50) : level(levels, 'events_default', 0);
  const required = level(events, type, fallback);
  const power = powerOf(room, userId);
  if (power < required) {
    throw forbidden(
      `You don't have permission to post that to the room. user_level (${power}) < send_level (${required})`,
    );
  }
}
