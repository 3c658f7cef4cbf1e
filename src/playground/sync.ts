// Owns the sync endpoint: what has changed for a user since a token, and waiting for it.
import { type Endpoint, numberIn } from './endpoint.ts';
import { notFound } from './errors.ts';
import { parseFilterJson, type SyncFilter, syncFilter } from './eventFilter.ts';
import type { Content, Session } from './events.ts';
import { positionOf, tokenOf } from './feed.ts';
import { invitedRoom, joinedRoom, leftRoom, type SyncView } from './syncRoom.ts';
import type { World } from './world.ts';

const LONGEST_POLL_MS = 600_000;

/** https://spec.matrix.org/v1.11/client-server-api/#get_matrixclientv3sync */
export function syncEndpoints(world: World): Endpoint[] {
  return [
    {
      name: 'sync',
      method: 'GET',
      path: '/_matrix/client/v3/sync',
      handle: async ({ session, query, signal }) => {
        const since = positionOf(query.get('since'));
        const filter = filterOf(world, session, query.get('filter'));
        const fullState = query.get('full_state') === 'true';
        const until = Date.now() + numberIn(query, 'timeout', 0, LONGEST_POLL_MS);
        for (;;) {
          const view = { world, session, since, upTo: world.feed.position, filter, fullState };
          const rooms = roomsOf(view);
          const waitMs = until - Date.now();
          const mayWait = since !== null && !fullState && waitMs > 0 && !signal.aborted;
          if (Object.keys(rooms).length > 0 || !mayWait) return answer(view, rooms);
          await world.feed.change(waitMs, signal);
        }
      },
    },
  ];
}

function filterOf({ accounts }: World, session: Session, given: string | null): SyncFilter {
  if (given === null) return syncFilter({});
  if (given.startsWith('{')) return syncFilter(parseFilterJson(given));
  const filter = accounts.find(session.userId)?.filters[Number(given)];
  if (!filter) throw notFound('No such filter');
  return syncFilter(filter);
}

/** The sections `join`, `invite` and `leave`; as in Synapse, an empty one is left out. */
function roomsOf(view: SyncView): Record<string, Content> {
  const sections: Record<string, Content> = {};
  const put = (section: string, roomId: string, room: Content | null) => {
    if (room) sections[section] = { ...sections[section], [roomId]: room };
  };
  for (const room of view.world.rooms.all()) {
    const membership = room.membership(view.session.userId);
    if (membership === 'join') put('join', room.id, joinedRoom(view, room));
    if (membership === 'invite') put('invite', room.id, invitedRoom(view, room));
    if (membership === 'leave' || membership === 'ban') put('leave', room.id, leftRoom(view, room));
  }
  return sections;
}

function answer({ world, session, upTo }: SyncView, rooms: Record<string, Content>): Content {
  return {
    next_batch: tokenOf(upTo),
    ...(Object.keys(rooms).length > 0 && { rooms }),
    device_one_time_keys_count: world.keys.oneTimeKeyCounts(session),
    device_unused_fallback_key_types: [],
  };
}
