// Owns redaction: what is left of an event's content.
import { badRequest, forbidden } from './errors.ts';
import type { Content, StoredEvent } from './events.ts';
import { mayAct } from './permissions.ts';
import type { Room } from './room.ts';

/** Keys of the content that survive, by event type: https://spec.matrix.org/v1.11/rooms/v11/#redactions ('*': all). */
const KEPT: Record<string, readonly string[] | '*'> = {
  'm.room.create': '*',
  'm.room.member': ['membership', 'join_authorised_via_users_server'],
  'm.room.join_rules': ['join_rule', 'allow'],
  'm.room.power_levels': [
    'ban',
    'events',
    'events_default',
    'invite',
    'kick',
    'redact',
    'state_default',
    'users',
    'users_default',
  ],
  'm.room.history_visibility': ['history_visibility'],
  'm.room.redaction': ['redacts'],
};

function keptContent({ type, content }: StoredEvent): Content {
  const kept = KEPT[type] ?? [];
  if (kept === '*') return content;
  return Object.fromEntries(Object.entries(content).filter(([key]) => kept.includes(key)));
}

/** The event, or undefined when there is none; throws 403 for somebody else's without the power to redact. */
export function redactionTarget(room: Room, sender: string, eventId: string): StoredEvent | undefined {
  const target = room.event(eventId);
  if (!target) return undefined;
  if (target.type === 'm.room.create') throw badRequest('M_BAD_JSON', 'Redacting create events is not permitted');
  if (target.sender !== sender && !mayAct(room, sender, 'redact')) {
    throw forbidden("You don't have permission to redact events");
  }
  return target;
}

/** Strips the target for good: what was in it is gone from every later answer. */
export function strip(target: StoredEvent, redaction: StoredEvent): void {
  target.content = keptContent(target);
  target.redactedBecause = redaction;
}
