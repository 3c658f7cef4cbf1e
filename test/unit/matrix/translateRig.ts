// Owns the rig of the tests of translating a sync: events, a homeserver with history, and the call itself.
import type { MatrixClient } from 'matrix-bot-sdk';
import type { Incoming } from '../../../src/domain/incoming.ts';
import type { RawEvent } from '../../../src/matrix/events.ts';
import { translateSync } from '../../../src/matrix/translate.ts';
import { createRecordingLog } from '../../fixtures/recordingLog.ts';

export const SELF = '@lector:here';
export const ROOM = '!papers:here';

export type RawTimeline = { events?: RawEvent[]; limited?: boolean; prev_batch?: string };
export type RawSync = { next_batch: string; rooms?: object };

/** What a posted file holds besides its name. */
export const FILE = { msgtype: 'm.file', url: 'mxc://here/abc' };

type Query = { from: string; to?: string; filter: string; limit: number };
type Page = { chunk: RawEvent[]; end?: string };

/** A client that serves pages of history by their `from`, and keeps what it was asked. */
function historyOf(pages: Record<string, Page | Error>) {
  const asked: Query[] = [];
  const doRequest = async (_method: string, _path: string, query: Query) => {
    asked.push(query);
    const page = pages[query.from] ?? { chunk: [] };
    if (page instanceof Error) throw page;
    return page;
  };
  return { client: { doRequest } as unknown as MatrixClient, asked };
}

export const post = (n: number | string, more: RawEvent = {}): RawEvent => ({
  type: 'm.room.message',
  event_id: `$${n}`,
  sender: '@anna:here',
  origin_server_ts: 1_000,
  content: { ...FILE, body: `${n}.pdf` },
  ...more,
});
export const member = (membership: string, before?: string): RawEvent => ({
  type: 'm.room.member',
  event_id: `$${membership}`,
  sender: SELF,
  state_key: SELF,
  content: { membership },
  unsigned: before === undefined ? {} : { prev_content: { membership: before } },
});
export const encryption: RawEvent = {
  type: 'm.room.encryption',
  state_key: '',
  event_id: '$enc',
  sender: '@anna:here',
};
export const posts = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => post(from + index));
export const inRoom = (timeline: RawTimeline, state: RawEvent[] = []): RawSync => ({
  next_batch: 's2',
  rooms: { join: { [ROOM]: { timeline, state: { events: state } } } },
});

export type Given = {
  /** An error is thrown instead of the page. */
  pages?: Record<string, Page | Error>;
  since?: string | null;
  backfillMs?: number;
  isJoined?: boolean;
  nowMs?: number;
  /** Events that can be looked up by their id. */
  events?: Record<string, RawEvent | Error>;
  onRename?: () => void;
};

export async function translate(sync: unknown, given: Given = {}) {
  const { client, asked } = historyOf(given.pages ?? {});
  const lookedUp: string[] = [];
  const rightsOf: string[] = [];
  const { incoming, nextBatch } = await translateSync(sync, {
    client,
    selfId: SELF,
    lookups: {
      displayName: async () => 'Reader',
      forgetDisplayName: () => given.onRename?.(),
      event: async (_roomId, eventId) => {
        lookedUp.push(eventId);
        const event = given.events?.[eventId] ?? null;
        if (event instanceof Error) throw event;
        return event;
      },
    },
    isRoomAdmin: async (roomId, userId) => {
      rightsOf.push(`${userId} in ${roomId}`);
      return 'yes';
    },
    since: given.since === undefined ? 's1' : given.since,
    backfillMs: given.backfillMs ?? 0,
    isJoined: () => given.isJoined ?? true,
    nowMs: given.nowMs ?? 10_000,
    log: createRecordingLog().log,
  });
  return { incoming, nextBatch, asked, lookedUp, rightsOf };
}
export const told = (incoming: Incoming[]) =>
  incoming.map((one) => (one.kind === 'upload' ? one.upload.eventId : one.kind));
