// Owns the redaction of what was sent and is not to stand: an event that came too late, the notice of work that has ended without it.
import { toAppError } from '../domain/errors.ts';
import type { Ledger } from '../domain/ledger.ts';
import type { Log } from '../domain/log.ts';
import type { Upload } from '../domain/media.ts';
import type { Reply } from '../domain/reply.ts';
import { retraction, sweepOf, sweepOfNotice } from './replies.ts';
import { untilStored } from './untilStored.ts';

export type RetractionsDeps = {
  ledger: Pick<Ledger, 'replies' | 'transaction'> & { rooms: Pick<Ledger['rooms'], 'state'> };
  /** Sends a reply that is in the ledger. */
  send(reply: Reply): void;
  signal: AbortSignal;
  log: Log;
};

export type Retractions = {
  /** Redacts an event of ours, once; never throws: while the disk takes nothing it is tried again. */
  event(roomId: string, sentEventId: string): void;
  /**
   * Takes the notice of an upload back, if there is or may be one; the next one is another event. It is redacted, with its edits, once
   * `ended` has settled: what is under way until then is found, too. `sentEventId` null: that of the ledger, if it knows it. Throws
   * when the ledger cannot keep that.
   */
  notice(upload: Upload, sentEventId: string | null, ended: Promise<unknown>): void;
};

export function createRetractions({ ledger, send, signal, log }: RetractionsDeps): Retractions {
  const { replies } = ledger;
  // Nothing can be sent to a room that the bot is no member of.
  const isLeft = (roomId: string) => ledger.rooms.state(roomId) === 'left';

  const saveAll = (gone: Reply[]): Reply[] => gone.filter((reply) => replies.save(reply) === 'saved');

  const takeBack = ({ roomId, eventId }: Upload, knownId: string | null): Reply[] => {
    const stored = replies.find(eventId, 'status');
    const sentId = knownId ?? stored?.sentEventId;
    if (!stored && !sentId) return [];
    replies.takeBackNotice(eventId);
    if (sentId) return saveAll([sweepOf(roomId, sentId), retraction(roomId, sentId)]);
    return stored ? saveAll([sweepOfNotice(stored.reply)]) : [];
  };

  return {
    event(roomId, sentEventId) {
      const onTrouble = (code: string) => log.error({ code, room: roomId }, 'the disk takes nothing: redacted later');
      const work = () => {
        if (!isLeft(roomId)) for (const gone of saveAll([retraction(roomId, sentEventId)])) send(gone);
      };
      untilStored(work, { signal, onTrouble }).catch((error) => {
        if (!signal.aborted) log.error({ code: toAppError(error).code, err: error }, 'an event could not be redacted');
      });
    },
    notice(upload, sentEventId, ended) {
      if (isLeft(upload.roomId)) return;
      const saved = ledger.transaction(() => takeBack(upload, sentEventId));
      const sendAll = () => {
        for (const reply of saved) send(reply);
      };
      // What the end of the process cuts off is sent after the next start.
      void ended.then(sendAll, () => (signal.aborted ? undefined : sendAll()));
    },
  };
}
