// Owns filters: which events a client wants, and how many.
import { badRequest } from './errors.ts';
import { type Content, isObject } from './events.ts';

/** Synapse's default for a room's timeline, and its cap (`filter_timeline_limit`). */
const DEFAULT_LIMIT = 10;
const MAX_LIMIT = 100;

export type EventFilter = {
  limit: number;
  wants(event: { type: string; sender?: string | undefined }): boolean;
};

export type SyncFilter = { timeline: EventFilter; state: EventFilter; ephemeral: EventFilter };

/** A filter's JSON as a query carries it; throws 400 when it is none. */
export function parseFilterJson(text: string): Content {
  try {
    const parsed: unknown = JSON.parse(text);
    if (isObject(parsed)) return parsed;
  } catch {
    // Falls through to the same answer as JSON that is no object.
  }
  throw badRequest('M_BAD_JSON', 'Invalid filter JSON');
}

/** https://spec.matrix.org/v1.11/client-server-api/#filtering (limit, types and senders; lazy loading is ignored). */
export function syncFilter(definition: Content): SyncFilter {
  const room = isObject(definition.room) ? definition.room : {};
  return {
    timeline: eventFilter(room.timeline),
    state: eventFilter(room.state),
    ephemeral: eventFilter(room.ephemeral),
  };
}

export function eventFilter(definition: unknown): EventFilter {
  const given = isObject(definition) ? definition : {};
  const types = patterns(given.types);
  const notTypes = patterns(given.not_types) ?? [];
  const senders = patterns(given.senders);
  const notSenders = patterns(given.not_senders) ?? [];
  return {
    limit: typeof given.limit === 'number' ? Math.min(given.limit, MAX_LIMIT) : DEFAULT_LIMIT,
    wants: ({ type, sender = '' }) =>
      (types?.some((pattern) => fits(pattern, type)) ?? true) &&
      !notTypes.some((pattern) => fits(pattern, type)) &&
      (senders?.includes(sender) ?? true) &&
      !notSenders.includes(sender),
  };
}

function patterns(value: unknown): string[] | undefined {
  return Array.isArray(value) ? value.map(String) : undefined;
}

function fits(pattern: string, type: string): boolean {
  return pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : type === pattern;
}
