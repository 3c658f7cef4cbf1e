// Owns what is demanded of a homeserver's answers: one of another shape is an outage, never an error of ours and never news.
import { AppError } from '../domain/errors.ts';
import { fieldsOf, type RawEvent } from './events.ts';
import { eventIdOf } from './ids.ts';

/** The entries of an object that may be left out (some homeservers say null). Throws `homeserver_unavailable` where it is something else. */
export function entriesOf(value: unknown, what: string): [string, unknown][] {
  if (value === undefined || value === null) return [];
  if (typeof value !== 'object' || Array.isArray(value)) throw badAnswer(what);
  return Object.entries(value);
}

/** The events of a list that may be left out, each of them an object. Throws `homeserver_unavailable` where it is no list. */
export function eventsOf(value: unknown, what: string): RawEvent[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw badAnswer(what);
  return value.map(fieldsOf);
}

/** The id of the event that a request made. Throws `homeserver_unavailable`: then the request is repeated. */
export function madeEventId(answer: unknown): string {
  const eventId = eventIdOf(fieldsOf(answer).event_id);
  if (eventId === undefined) throw badAnswer('a send');
  return eventId;
}

/** The error of an answer that is none. */
export function badAnswer(what: string): AppError {
  return new AppError('homeserver_unavailable', `the answer to ${what} is none: is it a homeserver?`);
}
