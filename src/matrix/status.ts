// Owns what members see of a job while it runs: 👀, and one notice when it takes longer than 3 s, edited in place.
import { STATUS_AFTER_MS } from '../../config/limits.ts';
import { toAppError } from '../domain/errors.ts';
import type { ReplyLedger, StoredReply } from '../domain/ledger.ts';
import type { Upload } from '../domain/media.ts';
import type { Reply } from '../domain/reply.ts';
import type { Offer } from './optionalSends.ts';
import type { Sender } from './sender.ts';

export type StatusDeps<Stage> = {
  sender: Sender;
  replies: Pick<ReplyLedger, 'find' | 'drop'>;
  /** The notice (revision 0: `editedEventId` is null) or an edit of it. */
  render(upload: Upload, stage: Stage, editedEventId: string | null): { reply: Reply; text: string };
  renderTaken(upload: Upload): Reply;
  /** Answers that are still to be sent, this one included. */
  answersToCome(): number;
  clock(): number;
};

export type StatusBoard<Stage> = {
  /** 👀, once a job. */
  taken(upload: Upload): void;
  /** Shows where the job is; the notice itself goes out when the job is 3 s old. */
  show(upload: Upload, stage: Stage): void;
  /** Begins to count; `stage` is asked for when the notice goes out and nothing else was shown. */
  track(upload: Upload, stage: () => Stage): void;
  /** Ends the notice's own life and returns its event id if it stands in the thread. */
  settle(upload: Upload): Promise<string | null>;
  /** Forgets the job without a word. */
  forget(eventId: string): void;
  /** Forgets all jobs; their notices stay as they are. */
  stop(): void;
};

/** Members see a change at most this often; each edit costs a send. */
const EDIT_EVERY_MS = 3_000;
const EDIT_STALE_AFTER_MS = 10_000;
const NOTICE_STALE_AFTER_MS = 3_600_000;
/** Uploads that come closer together than this are one burst. */
const BURST_MS = 300;
const TAKEN_STALE_AFTER_MS = 60_000;

type Tracked<Stage> = {
  upload: Upload;
  stage: () => Stage;
  timer: NodeJS.Timeout;
  isTaken: boolean;
  takenTimer: NodeJS.Timeout | undefined;
  taken: Offer | null;
  first: Offer | null;
  eventId: string | null;
  /** An earlier life of the process kept the notice, and may have sent it: its trace is not dropped with the offer. */
  isKept: boolean;
  edit: Offer | null;
  /** The notice as members see it, to send no edit that changes nothing. */
  shown: string;
  /** The stage changed after what members see of it. */
  isStale: boolean;
  revision: number;
  editedAtMs: number;
};

/** The notices of all jobs in memory. */
export function createStatusBoard<Stage>(deps: StatusDeps<Stage>): StatusBoard<Stage> {
  const { sender, clock } = deps;
  const jobs = new Map<string, Tracked<Stage>>();

  const track = (upload: Upload, stage: () => Stage): Tracked<Stage> => {
    const tracked = jobs.get(upload.eventId);
    if (tracked) return tracked;
    const earlier = deps.replies.find(upload.eventId, 'status');
    const timer = setTimeout(() => post(job), STATUS_AFTER_MS);
    timer.unref();
    const eventId = earlier?.sentEventId ?? null;
    // Revisions must not repeat those of an earlier life of the process: the clock never does.
    const nothingSent = {
      isTaken: false,
      takenTimer: undefined,
      taken: null,
      first: null,
      edit: null,
      isStale: false,
      shown: '',
      editedAtMs: 0,
    };
    const known = { eventId, isKept: earlier !== null };
    const job: Tracked<Stage> = { upload, stage, timer, ...known, revision: clock(), ...nothingSent };
    jobs.set(upload.eventId, job);
    return job;
  };

  const offerTaken = (job: Tracked<Stage>): void => {
    const options = { revision: 0, expiresAtMs: clock() + TAKEN_STALE_AFTER_MS, keep: 'no' as const };
    job.taken = sender.offer(deps.renderTaken(job.upload), options);
  };

  const post = (job: Tracked<Stage>): void => {
    if (job.eventId) {
      edit(job);
      return;
    }
    const options = {
      revision: 0,
      expiresAtMs: clock() + NOTICE_STALE_AFTER_MS,
      keep: job.isKept ? ('saved' as const) : ('save' as const),
    };
    job.editedAtMs = clock();
    job.isStale = false;
    const notice = deps.render(job.upload, job.stage(), null);
    job.shown = notice.text;
    job.first = sender.offer(notice.reply, options);
    void job.first.sent.then((eventId) => {
      job.eventId = eventId;
      if (job.isStale) edit(job);
    });
  };

  const edit = (job: Tracked<Stage>): void => {
    job.isStale = true;
    if (!job.eventId || job.edit || jobs.get(job.upload.eventId) !== job) return;
    const waitMs = job.editedAtMs + EDIT_EVERY_MS - clock();
    if (waitMs > 0) {
      clearTimeout(job.timer);
      job.timer = setTimeout(() => edit(job), waitMs);
      job.timer.unref();
      return;
    }
    const notice = deps.render(job.upload, job.stage(), job.eventId);
    job.isStale = false;
    if (notice.text === job.shown) return;
    job.shown = notice.text;
    job.revision += 1;
    job.editedAtMs = clock();
    const options = { revision: job.revision, expiresAtMs: clock() + EDIT_STALE_AFTER_MS, keep: 'no' as const };
    job.edit = sender.offer(notice.reply, options);
    void job.edit.sent.then((editEventId) => {
      job.edit = null;
      if (editEventId === null) job.shown = '';
      if (job.isStale) edit(job);
    });
  };

  const forget = (eventId: string): void => {
    const job = jobs.get(eventId);
    clearTimeout(job?.timer);
    clearTimeout(job?.takenTimer);
    jobs.delete(eventId);
    void job?.taken?.withdraw();
    void job?.first?.withdraw();
    void job?.edit?.withdraw();
  };

  return {
    track,
    forget,
    taken(upload) {
      const job = jobs.get(upload.eventId);
      if (!job || job.isTaken) return;
      job.isTaken = true;
      // In a burst the first 👀 would be sent before it is known how many answers the homeserver's limit has to carry.
      if (deps.answersToCome() > 1) job.takenTimer = setTimeout(() => offerTaken(job), BURST_MS).unref();
      else offerTaken(job);
    },
    show(upload, stage) {
      const job = track(upload, () => stage);
      job.stage = () => stage;
      edit(job);
    },
    stop() {
      for (const eventId of [...jobs.keys()]) forget(eventId);
    },
    async settle(upload) {
      const job = jobs.get(upload.eventId);
      clearTimeout(job?.timer);
      clearTimeout(job?.takenTimer);
      jobs.delete(upload.eventId);
      void job?.taken?.withdraw();
      await job?.edit?.withdraw();
      await job?.first?.withdraw();
      const stored = deps.replies.find(upload.eventId, 'status');
      if (!stored) return null;
      return stored.sentEventId ?? sendAgain(stored, deps);
    },
  };
}

/** A crash came between the send and its answer: the same transaction id gives the event's id. Null: it is refused for good. */
async function sendAgain<Stage>({ reply }: StoredReply, deps: StatusDeps<Stage>): Promise<string | null> {
  try {
    return await deps.sender.send(reply);
  } catch (thrown) {
    if (toAppError(thrown).code !== 'homeserver_refused') throw thrown;
    deps.replies.drop(reply);
    return null;
  }
}
