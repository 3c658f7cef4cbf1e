// Owns the shapes of the raw events and syncs that Lector looks at; everything in them comes from strangers.

export type RawEvent = {
  type?: unknown;
  event_id?: unknown;
  sender?: unknown;
  state_key?: unknown;
  origin_server_ts?: unknown;
  redacts?: unknown;
  content?: unknown;
  unsigned?: unknown;
};

export type Timeline = { events: RawEvent[]; isLimited: boolean; prevBatch: string | undefined };

type Fields = Readonly<Record<string, unknown>>;

/** The value as an object, or an empty one: content may be any JSON. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** The value if it is a string that is not empty. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The value if it is a number from 0 to `max`: JSON such as `1e400` is Infinity, and more than 2^53 is lost in the ledger. */
export function numberOf(value: unknown, max: number): number | undefined {
  return typeof value === 'number' && value >= 0 && value <= max ? value : undefined;
}

/** Whether this says that its room is encrypted; without a state key it is a message, which any member may send. */
export function isEncryption(event: RawEvent): boolean {
  return event.type === 'm.room.encryption' && event.state_key === '';
}

/** Whether this is the event by which `userId` joined (and not a change of name while joined). */
export function isJoinOf(event: RawEvent, userId: string): boolean {
  if (event.type !== 'm.room.member' || event.state_key !== userId) return false;
  const before = fieldsOf(fieldsOf(event.unsigned).prev_content).membership;
  return fieldsOf(event.content).membership === 'join' && before !== 'join';
}
