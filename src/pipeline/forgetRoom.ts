// Owns forgetting a room: what shows that its uploads are being worked on is taken back, and then all that is known of them goes.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { toAppError } from '../domain/errors.ts';
import type { Ledger, StoredReply } from '../domain/ledger.ts';
import type { Log } from '../domain/log.ts';
import { type Reply, transactionId } from '../domain/reply.ts';
import { retraction } from './replies.ts';
import type { TakenBack } from './takeBack.ts';
import { untilStored } from './untilStored.ts';

/** Some milliseconds of the main thread. */
const UPLOADS_AT_ONCE = 25;

/** Ends all work of a room that the bot is in; `confirmation` is said when nothing of it is left, see `Ledger.wipeRoom`. */
export function forgetRoom(
  roomId: string,
  confirmation: Reply,
  { ledger }: { ledger: Pick<Ledger, 'replies' | 'wipeRoom'> },
): TakenBack {
  const notices = ledger.replies.openNotices(roomId);
  for (const { reply } of notices) ledger.replies.takeBackNotice(reply.sourceEventId);
  return { cancelledJobs: ledger.wipeRoom(roomId, confirmation), replies: notices.flatMap(signsGone) };
}

/**
 * Takes back the notice of an upload that was not answered, and what no row of the ledger names: edits of it, 👀. Under the notice's own
 * key, since the upload may be asked for again.
 */
function signsGone({ reply: notice, sentEventId }: StoredReply): Reply[] {
  const { roomId, sourceEventId: relatedEventId } = notice;
  const swept: Reply = {
    roomId,
    sourceEventId: `sweep ${sentEventId ?? transactionId(notice)}`,
    part: 'retracted',
    body: { kind: 'sweep', relatedEventId, ...(sentEventId && { exceptIds: [sentEventId] }) },
    optional: false,
  };
  return sentEventId ? [swept, retraction(roomId, sentEventId)] : [swept];
}

export type RoomForgettingDeps = {
  ledger: Pick<Ledger, 'wipeMore'>;
  /** Sends a reply that is in the ledger. */
  send(reply: Reply): void;
  signal: AbortSignal;
  log: Log;
};

/** Removes, a little at a time, what `Ledger.wipeRoom` began with; `wake` tells that there may be something, and at the start, too. */
export function createRoomForgetting({ ledger, send, signal, log }: RoomForgettingDeps): { wake(): void } {
  let isAtWork = false;
  const onTrouble = (code: string) => log.error({ code }, 'the disk takes nothing: a room is forgotten later');
  const step = (): Reply[] => {
    const said = ledger.wipeMore(UPLOADS_AT_ONCE);
    isAtWork = said !== null;
    return said ?? [];
  };
  const work = async (): Promise<void> => {
    while (isAtWork) {
      await nextTurn(undefined, { signal });
      for (const reply of await untilStored(step, { signal, onTrouble })) send(reply);
    }
  };
  return {
    wake() {
      if (isAtWork || signal.aborted) return;
      isAtWork = true;
      work().catch((error) => {
        isAtWork = false;
        if (!signal.aborted) log.error({ code: toAppError(error).code, err: error }, 'a room could not be forgotten');
      });
    },
  };
}
