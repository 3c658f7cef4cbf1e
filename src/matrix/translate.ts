// Owns the way from a raw sync to Lector's own words: rooms entered and left, gaps filled, events in order.
import type { MatrixClient } from 'matrix-bot-sdk';
import { type Command, type Incoming, needsRoomAdmin, type SyncBatch } from '../domain/incoming.ts';
import type { Log } from '../domain/log.ts';
import { fieldsOf, isEncryption, isJoinOf, type RawEvent, type Timeline } from './events.ts';
import { completeTimeline } from './gap.ts';
import { userIdOf } from './ids.ts';
import { type Ask, readEvent } from './intake.ts';
import type { Lookups } from './lookups.ts';
import type { Self } from './mentions.ts';
import { parseSync } from './parseSync.ts';

export type TranslateContext = {
  client: MatrixClient;
  selfId: string;
  lookups: Lookups;
  isRoomAdmin(roomId: string, userId: string): Promise<Command['isRoomAdmin']>;
  /** Token that this sync began at; null: the ledger is empty. */
  since: string | null;
  /** With an empty ledger: how far back uploads are still answered, in milliseconds. */
  backfillMs: number;
  isJoined(roomId: string): boolean;
  nowMs: number;
  log: Log;
};

/**
 * Everything in one sync, any JSON that it is, that concerns Lector. Throws AppError where the homeserver answers what is no answer,
 * or what its answers throw: then the same sync is tried again.
 */
export async function translateSync(raw: unknown, context: TranslateContext): Promise<SyncBatch> {
  const { nextBatch, invited, joined, left } = parseSync(raw);
  const incoming: Incoming[] = [];
  for (const { roomId, state } of invited) incoming.push(...readInvite(roomId, state, context.selfId));
  for (const { roomId, timeline, state } of joined) {
    incoming.push(...(await readRoom(roomId, timeline, state, context)));
  }
  for (const roomId of left) incoming.push({ kind: 'left', roomId });
  return { nextBatch, incoming };
}

/** One invite, from the stripped state that comes with it. */
export function readInvite(roomId: string, state: RawEvent[], selfId: string): Incoming[] {
  const invite = state.find((event) => event.type === 'm.room.member' && event.state_key === selfId);
  const inviter = userIdOf(invite?.sender);
  return inviter ? [{ kind: 'invite', roomId, inviter, encrypted: state.some(isEncryption) }] : [];
}

async function readRoom(
  roomId: string,
  timeline: Timeline,
  state: RawEvent[],
  context: TranslateContext,
): Promise<Incoming[]> {
  const { since } = context;
  const entered = !context.isJoined(roomId);
  const events = await newEvents(roomId, timeline, entered, context);
  // A room that turns out to be encrypted is left without a word: nothing is ever said there in clear.
  if ([...state, ...timeline.events, ...events].some(isEncryption)) return [{ kind: 'encrypted', roomId }];
  // With an empty ledger a room may be an old one: then its history is not news and nobody is greeted again.
  const incoming: Incoming[] = entered ? [{ kind: 'joined', roomId, isNew: since !== null }] : [];
  incoming.push(...(await readEvents(roomId, events, context)));
  return incoming;
}

async function readEvents(roomId: string, events: RawEvent[], context: TranslateContext): Promise<Incoming[]> {
  const { selfId, lookups } = context;
  if (events.some((event) => event.type === 'm.room.member' && event.state_key === selfId)) lookups.forgetDisplayName();
  const displayName = events.some(mayHoldName) ? await lookups.displayName() : null;
  const self: Self = { userId: selfId, displayName };
  const incoming: Incoming[] = [];
  for (const event of events) {
    const read = readEvent(event, roomId, self);
    if (read?.kind === 'ask') incoming.push(...(await readAsked(read, self, context)));
    else if (read?.kind === 'command')
      incoming.push({ kind: 'command', command: await withRights(read.command, context) });
    else if (read) incoming.push(read);
  }
  return incoming;
}

/** Only what replies, or has a caption, can ask for something: the bot's name is not looked up for anything else. */
function mayHoldName({ type, content }: RawEvent): boolean {
  const { filename, 'm.relates_to': relation } = fieldsOf(content);
  return type === 'm.room.message' && (filename !== undefined || relation !== undefined);
}

/** The upload that is asked for, as if its message had asked for it; nothing where none is meant, or none can be seen any more. */
async function readAsked(ask: Ask, self: Self, { lookups }: TranslateContext): Promise<Incoming[]> {
  const { roomId, sender, eventId, ageMs } = ask;
  for (const target of ask.targets) {
    const event = await lookups.event(roomId, target);
    const read = event && readEvent(event, roomId, self);
    if (read?.kind !== 'upload') continue;
    return [{ kind: 'upload', upload: { ...read.upload, isAsked: true }, ageMs, askedBy: { sender, eventId } }];
  }
  return [];
}

async function withRights(command: Command, context: TranslateContext): Promise<Command> {
  if (!needsRoomAdmin(command.words)) return command;
  return { ...command, isRoomAdmin: await context.isRoomAdmin(command.roomId, command.sender) };
}

async function newEvents(
  roomId: string,
  timeline: Timeline,
  entered: boolean,
  context: TranslateContext,
): Promise<RawEvent[]> {
  const { client, selfId, since, backfillMs, log } = context;
  if (entered) {
    if (since === null && backfillMs === 0) return [];
    const sinceMs = context.nowMs - backfillMs;
    const until = since === null ? { kind: 'time' as const, sinceMs } : { kind: 'join' as const, selfId };
    const events = afterJoin(await completeTimeline(client, roomId, timeline, until, log), selfId);
    return since === null
      ? events.filter(({ origin_server_ts: ts }) => typeof ts === 'number' && ts >= sinceMs)
      : events;
  }
  if (since === null) return timeline.events;
  const events = await completeTimeline(client, roomId, timeline, { kind: 'token', since }, log);
  return leftInBetween(events, selfId) ? afterJoin(events, selfId) : events;
}

/** The events after the bot's own (last) join; all of them where the join is not among them. */
function afterJoin(events: RawEvent[], selfId: string): RawEvent[] {
  return events.slice(events.findLastIndex((event) => isJoinOf(event, selfId)) + 1);
}

function leftInBetween(events: RawEvent[], selfId: string): boolean {
  return events.some(
    (event) =>
      event.type === 'm.room.member' &&
      event.state_key === selfId &&
      ['leave', 'ban'].some((membership) => fieldsOf(event.content).membership === membership),
  );
}
