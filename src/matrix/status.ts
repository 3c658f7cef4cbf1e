// Owns what members see of a job while it runs: 👀, and one notice when it takes longer than 3 s, edited in place.
import { STATUS_AFTER_MS } from '../../config/limits.ts';
import { toAppError } from '../domain/errors.ts';
import type { ReplyLedger, StoredReply } from '../domain/ledger.ts';
import type { Log } from '../domain/log.ts';
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
  /** Redacts what was sent and is to be seen no more. */
  takeBack(roomId: string, sentEventId: string): void;
  /**
   * Takes the notice back, if there is or may be one, and redacts it once `ended` has settled; `sentEventId` null: that of the ledger,
   * if it knows it. Throws when the ledger cannot keep that.
   */
  takeBackNotice(upload: Upload, sentEventId: string | null, ended: Promise<unknown>): void;
  /** Answers that are still to be sent, this one included. */
  answersToCome(): number;
  clock(): number;
  log: Log;
};

export type StatusBoard<Stage> = {
  /** 👀, once a job. */
  taken(upload: Upload): void;
  /** Shows where the job is; the notice itself goes out when the job is 3 s old. */
  show(upload: Upload, stage: Stage): void;
  /** Begins to count; `stage` is asked for when the notice goes out and nothing else was shown. */
  track(upload: Upload, stage: () => Stage): void;
  /**
   * Ends the notice's own life and returns its event id if it stands in the thread. Within seconds: a notice of which nothing is known
   * by then is taken back, should it stand after all.
   */
  settle(upload: Upload): Promise<string | null>;
  /** Forgets the job: its notice, and what is under way, is to be seen no more. */
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
/** A consumer waits so long to learn whether a notice stands that the answer could take the place of. */
const SETTLE_MS = 5_000;

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
    const taken = sender.offer(deps.renderTaken(job.upload), options);
    job.taken = taken;
    void taken.sent.then(() => {
      job.taken = null;
    });
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

  /** Nothing more is begun for the job. */
  const leave = (eventId: string): Tracked<Stage> | undefined => {
    const job = jobs.get(eventId);
    clearTimeout(job?.timer);
    clearTimeout(job?.takenTimer);
    jobs.delete(eventId);
    return job;
  };

  const forget = (eventId: string): void => {
    const job = leave(eventId);
    if (!job) return;
    const { upload, taken, edit, first } = job;
    const underWay = [taken, edit].map(async (offer) => {
      const sentEventId = await offer?.withdraw();
      if (sentEventId) deps.takeBack(upload.roomId, sentEventId);
    });
    const ended = Promise.all([...underWay, first?.withdraw()]);
    try {
      deps.takeBackNotice(upload, job.eventId, ended);
    } catch (error) {
      deps.log.error({ err: error, job: eventId }, 'the notice of a job that is forgotten stays');
    }
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
      for (const eventId of [...jobs.keys()]) {
        const job = leave(eventId);
        for (const offer of [job?.taken, job?.first, job?.edit]) void offer?.withdraw();
      }
    },
    async settle(upload) {
      const job = leave(upload.eventId);
      void job?.taken?.withdraw();
      const standing = learnStanding(upload, job, deps);
      const eventId = await inTime(standing);
      if (eventId !== 'late') return eventId;
      deps.takeBackNotice(upload, null, standing);
      return null;
    },
  };
}

/** Waits for what is under way, and sends what may have been sent again. */
async function learnStanding<Stage>(
  upload: Upload,
  job: Pick<Tracked<Stage>, 'edit' | 'first'> | undefined,
  deps: StatusDeps<Stage>,
): Promise<string | null> {
  await job?.edit?.withdraw();
  await job?.first?.withdraw();
  const stored = deps.replies.find(upload.eventId, 'status');
  if (!stored) return null;
  return stored.sentEventId ?? sendAgain(stored, deps);
}

async function inTime<T>(work: Promise<T>): Promise<T | 'late'> {
  const late = Promise.withResolvers<'late'>();
  const timer = setTimeout(() => late.resolve('late'), SETTLE_MS);
  // Told by the race, or of no interest any more.
  work.catch(() => undefined);
  return Promise.race([work, late.promise]).finally(() => clearTimeout(timer));
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
