// Owns everything that speaks to the homeserver for one account: requests, files, the order of sending, what members see meanwhile.
import type { Config } from '../config/env.ts';
import { toAppError } from './domain/errors.ts';
import type { Ledger } from './domain/ledger.ts';
import type { Log } from './domain/log.ts';
import { claimedKind, type Upload } from './domain/media.ts';
import type { Meter } from './domain/meter.ts';
import type { Reply } from './domain/reply.ts';
import { SendBudget } from './matrix/budget.ts';
import { createClient } from './matrix/client.ts';
import { createMedia, type Media } from './matrix/media.ts';
import { createMembership } from './matrix/membership.ts';
import { createOwnEvents } from './matrix/ownEvents.ts';
import { createSender } from './matrix/sender.ts';
import type { Session } from './matrix/session.ts';
import { createStatusBoard, type StatusBoard } from './matrix/status.ts';
import { createTransport } from './matrix/transport.ts';
import { createWorkingSigns } from './matrix/workingSigns.ts';
import { noteAnswer, sendOrDrop } from './pipeline/deliver.ts';
import { createDeliveries } from './pipeline/deliveries.ts';
import { statusReply, takenReply } from './pipeline/replies.ts';
import { createRetractions } from './pipeline/retractions.ts';
import { renderStatus, type Stage } from './pipeline/stage.ts';

export type RoomLinkDeps = {
  config: Config;
  session: Session;
  ledger: Ledger;
  spoolDir: string;
  /** Answers that are still to be sent. */
  answersToCome(): number;
  meter: Meter;
  clock(): number;
  log: Log;
};

export type RoomLink = {
  client: ReturnType<typeof createClient>;
  media: Media;
  board: StatusBoard<Stage>;
  /** 👀, a read receipt, typing, and the beginning of the status notice's time. */
  taken(upload: Upload): void;
  /** Nothing is shown of the upload any more. */
  forget(upload: Upload): void;
  /** Nothing is done for the upload any more, or not just now. */
  idle(upload: Upload): void;
  /** Ends a job that the room holds an answer to, which the ledger does not know. */
  takeOverAnswer(upload: Upload): Promise<'taken over' | 'none'>;
  /** Sends what was saved for a job and ends it, once however often it is asked for; rejects when the link is closed before. */
  deliver(jobId: string): Promise<void>;
  /** Sends a reply that is in the ledger; what cannot be sent now is sent after the next start. */
  send(reply: Reply): void;
  /** Joins and leaves what the ledger says. */
  wakeMembership(): void;
  /** Ends every request. */
  close(): void;
};

/** A download that brings no byte for so long is given up and tried again later. */
const DOWNLOAD_STALL_MS = 30_000;
/** Reactions older than this help nobody. */
const OPTIONAL_LIFE_MS = 3_600_000;

/** Joins the parts of matrix/ for one session; nothing is sent yet. */
export function createRoomLink(deps: RoomLinkDeps): RoomLink {
  const { session, ledger, answersToCome, meter, clock, log } = deps;
  const open = new AbortController();
  const client = createClient(session.homeserverUrl, session.accessToken, meter);
  const transport = createTransport(client, session.userId, open.signal);
  const { maxFileBytes: maxBytes } = deps.config.limits;
  const media = createMedia({ client, spoolDir: deps.spoolDir, maxBytes, stallMs: DOWNLOAD_STALL_MS, meter });
  const own = createOwnEvents(client, session.userId, open.signal);
  const signs = createWorkingSigns(transport, log);
  const budget = new SendBudget(clock);
  // Synapse counts a join against the message limit (measured: nine messages at once after one, not ten).
  const join = (roomId: string) => transport.join(roomId).then(() => budget.spent());
  const membership = createMembership({
    transport: { join, leave: transport.leave },
    rooms: ledger.rooms,
    signal: open.signal,
    log,
  });
  const retractions = createRetractions({ ledger, send, signal: open.signal, log });
  const sender = createSender({
    put: transport.put,
    findSent: own.findSent,
    loggedInAtMs: session.loggedInAtMs,
    replies: ledger.replies,
    budget,
    takeBack,
    answersToCome,
    signal: open.signal,
    clock,
    log,
  });
  const board = createStatusBoard<Stage>({
    sender,
    replies: ledger.replies,
    render(upload, stage, edited) {
      const rendered = renderStatus(upload.fileName, stage);
      return { reply: statusReply(upload, rendered, edited), text: rendered.body };
    },
    renderTaken: takenReply,
    answersToCome,
    takeBack: retractions.event,
    takeBackNotice: retractions.notice,
    clock,
    log,
  });
  const offer = (reply: Reply) =>
    void sender.offer(reply, { revision: 0, expiresAtMs: clock() + OPTIONAL_LIFE_MS, keep: 'saved' });
  const delivery = { jobs: ledger.jobs, replies: ledger.replies, send: sender.send, offer, log };
  const deliver = createDeliveries({ ...delivery, meter, signal: open.signal, clock });

  function send(reply: Reply): void {
    if (reply.optional) {
      offer(reply);
      return;
    }
    sendOrDrop(reply, delivery).catch((error) =>
      log.debug({ reason: toAppError(error).message }, 'send put off to the next start'),
    );
  }

  /** What was sent for an upload that was redacted meanwhile. */
  function takeBack({ roomId, body }: Reply, sentEventId: string): void {
    if (body.kind !== 'redaction' && body.kind !== 'sweep') retractions.event(roomId, sentEventId);
  }

  return {
    client,
    media,
    board,
    taken(upload) {
      board.track(upload, () => ({ kind: 'in_line', ahead: ledger.jobs.placeInLine(upload.eventId) }));
      board.taken(upload);
      signs.begin(upload);
    },
    forget(upload) {
      board.forget(upload.eventId);
      signs.end(upload);
    },
    idle: signs.end,
    async takeOverAnswer(upload) {
      const answerId = await own.answerTo(upload);
      if (answerId === null) return 'none';
      const hasEnded = ledger.transaction(() => noteAnswer(upload, answerId, ledger));
      if (hasEnded) meter.jobEnded(claimedKind(upload), 'done');
      return 'taken over';
    },
    deliver,
    send,
    wakeMembership: membership.wake,
    close() {
      open.abort();
      signs.stop();
      board.stop();
    },
  };
}
