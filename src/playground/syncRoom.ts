// Owns how one room looks in a sync: timeline, state, what passes, invites.
import { clientEvent, stateEvent, stripped, timelineEvent, withoutRoomId } from './clientEvent.ts';
import type { SyncFilter } from './eventFilter.ts';
import type { Content, Session } from './events.ts';
import { tokenOf } from './feed.ts';
import type { Room } from './room.ts';
import type { World } from './world.ts';

export type SyncView = {
  world: World;
  session: Session;
  /** null: the first sync. */
  since: number | null;
  upTo: number;
  filter: SyncFilter;
  fullState: boolean;
};

/** State that an invited user is shown, besides the inviter's member event and the invite itself. */
const INVITE_STATE = [
  'm.room.create',
  'm.room.join_rules',
  'm.room.canonical_alias',
  'm.room.avatar',
  'm.room.encryption',
  'm.room.name',
  'm.room.topic',
];

/** The room of a member; null when nothing has changed in it. */
export function joinedRoom(view: SyncView, room: Room): Content | null {
  const { world, session, since, filter } = view;
  const isNew = since !== null && room.membershipAt(session.userId, since) !== 'join';
  const after = since === null || isNew ? 0 : since;
  const { timeline, state } = part(view, room, after, view.upTo, isNew);
  const passing = world.ephemeral
    .since(room.id, after)
    .filter((event) => filter.ephemeral.wants({ type: String(event.type) }));
  const isQuiet = timeline.events.length + state.events.length + passing.length === 0;
  if (after > 0 && isQuiet && !timeline.limited) return null;
  return { timeline, state, ephemeral: { events: passing }, account_data: { events: [] } };
}

/** The last `limit` events of the span with the state before them; `limited`: there are more, or the room is new. */
function part(
  { session, world, filter, fullState }: SyncView,
  room: Room,
  after: number,
  upTo: number,
  isNew: boolean,
) {
  const { limit, wants } = filter.timeline;
  const nowMs = world.nowMs();
  // Synapse takes one event more than the limit and drops the hidden ones only then. With one of those among them it
  // says `limited: false` though events are missing (seen in 1.160): a client must not rely on the word.
  const taken = room
    .stream(after, upTo)
    .filter(wants)
    .slice(-(limit + 1));
  const wanted = taken.filter((event) => !event.hidden);
  const events = limit > 0 ? wanted.slice(-limit) : [];
  const start = (events[0]?.position ?? upTo + 1) - 1;
  const state = room.stateSet(fullState ? 0 : after, start).filter(filter.state.wants);
  return {
    timeline: {
      events: events.map((event) => withoutRoomId(timelineEvent(room, event, session, nowMs))),
      limited: isNew || wanted.length > events.length,
      prev_batch: tokenOf(start),
    },
    state: { events: state.map((event) => withoutRoomId(stateEvent(event, session, nowMs))) },
  };
}

/** The invite with the room's stripped state; null when it is not news. */
export function invitedRoom({ world, session, since }: SyncView, room: Room): Content | null {
  const invite = room.member(session.userId);
  if (!invite || (since !== null && invite.position <= since)) return null;
  const shown = [...INVITE_STATE.map((type) => room.state(type)), room.member(invite.sender)];
  const events = shown.filter((event) => event !== undefined).map(stripped);
  return { invite_state: { events: [...events, withoutRoomId(clientEvent(invite, session, world.nowMs()))] } };
}

/** A room left, declined or lost since the last sync: a member sees it up to the end, an invited user only the end. */
export function leftRoom(view: SyncView, room: Room): Content | null {
  const { session, since } = view;
  const end = room.member(session.userId);
  if (!end || since === null || end.position <= since) return null;
  const wasInside = room.membershipAt(session.userId, end.position - 1) === 'join';
  const wasInsideBefore = room.membershipAt(session.userId, since) === 'join';
  const after = wasInside && wasInsideBefore ? since : wasInside ? 0 : end.position - 1;
  return { ...part(view, room, after, end.position, false), account_data: { events: [] } };
}
