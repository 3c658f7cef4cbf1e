// Owns the question whether a member may change a room's settings: by the room's power levels, as homeservers reckon them.
import type { MatrixClient } from 'matrix-bot-sdk';
import { AppError } from '../domain/errors.ts';
import type { Command } from '../domain/incoming.ts';
import { fieldsOf, textOf } from './events.ts';
import { refusalOf } from './http.ts';
import { userIdOf } from './ids.ts';

type Fields = Readonly<Record<string, unknown>>;
/** What a room says of its powers; `levels` null: the room has no such event. */
export type RoomPowers = { levels: Fields | null; creators: readonly string[]; version: string };

const TIMEOUT_MS = 10_000;
/** Since this room version those who made the room may do everything, whatever the levels say (MSC4289). */
const CREATORS_RULE_SINCE = 12;
const DEFAULT_STATE_LEVEL = 50;

/** Whether the levels alone let the user send state events (client-server API, m.room.power_levels). */
export function levelsAllow(levels: Fields, userId: string): boolean {
  const own = levelOf(fieldsOf(levels.users)[userId], levelOf(levels.users_default, 0));
  return own >= levelOf(levels.state_default, DEFAULT_STATE_LEVEL);
}

/** Whether the user may send state events; without levels it is those who made the room who may. */
export function isRoomAdmin({ levels, creators, version }: RoomPowers, userId: string): boolean {
  if (levels && levelsAllow(levels, userId)) return true;
  return creators.includes(userId) && (levels === null || Number(version) >= CREATORS_RULE_SINCE);
}

/** Before room version 10 levels may be strings. */
function levelOf(value: unknown, fallback: number): number {
  const level = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof level === 'number' && Number.isFinite(level) ? level : fallback;
}

/** Asks the homeserver whether the user is an admin of the room. `unknown`: it did not say. Throws only when the work is aborted. */
export async function askWhetherAdmin(
  client: MatrixClient,
  roomId: string,
  userId: string,
): Promise<Command['isRoomAdmin']> {
  try {
    const levels = await state(client, roomId, 'm.room.power_levels');
    if (levels && levelsAllow(levels.content, userId)) return 'yes';
    const create = await state(client, roomId, 'm.room.create');
    const { creator, additional_creators: more, room_version: version } = create?.content ?? {};
    const named: unknown[] = [create?.sender ?? creator, ...(Array.isArray(more) ? more : [])];
    // Whoever made the room wrote all of these, and may have written anything.
    const creators = named.flatMap((name) => userIdOf(name) ?? []);
    const powers = { levels: levels?.content ?? null, creators, version: textOf(version) ?? '' };
    return isRoomAdmin(powers, userId) ? 'yes' : 'no';
  } catch (error) {
    if (error instanceof AppError) return 'unknown';
    throw error;
  }
}

/** A state event with its sender where the homeserver tells it (`format=event`), else its content alone; null: there is none. */
async function state(
  client: MatrixClient,
  roomId: string,
  type: string,
): Promise<{ sender: unknown; content: Fields } | null> {
  const path = `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/state/${type}`;
  try {
    const answer = fieldsOf(await client.doRequest('GET', path, { format: 'event' }, null, TIMEOUT_MS));
    const isWhole = typeof answer.sender === 'string' && typeof answer.content === 'object';
    return isWhole
      ? { sender: answer.sender, content: fieldsOf(answer.content) }
      : { sender: undefined, content: answer };
  } catch (error) {
    if (refusalOf(error)?.status === 404) return null;
    throw error;
  }
}
