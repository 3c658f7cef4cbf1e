// Owns what members see of a job while it runs: 👀, and one notice when it takes longer than 3 s, edited in place.
import { STATUS_AFTER_MS } from '../../config/limits.ts';
import type { ReplyLedger } from '../domain/ledger.ts';
import type { Upload } from '../domain/media.ts';
import type { Reply } from '../domain/reply.ts';
import type { Offer } from './optionalSends.ts';
import type { Sender } from './sender.ts';

export type StatusDeps<Stage> = {
  sender: Sender;
  replies: Pick<ReplyLedger, 'find'>;
  /** The notice (revision 0: `editedEventId` is null) or an edit of it. */
  render(upload: Upload, stage: Stage, editedEventId: string | null): Reply;
  renderTaken(upload: Upload): Reply;
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
};

/** Members see a change at most this often; each edit costs a send. */
const EDIT_EVERY_MS = 3_000;
const STALE_AFTER_MS = 10_000;
const TAKEN_STALE_AFTER_MS = 60_000;

type Tracked<Stage> = {
  upload: Upload;
  stage: () => Stage;
  timer: NodeJS.Timeout;
  taken: Offer | null;
  first: Offer | null;
  eventId: string | null;
  edit: Offer | null;
  revision: number;
  editedAtMs: number;
};

/** The notices of all jobs in memory. */
export function createStatusBoard<Stage>(deps: StatusDeps<Stage>): StatusBoard<Stage> {
  const { sender, clock } = deps;
  const jobs = new Map<string, Tracked<Stage>>();

  const track = (upload: Upload, stage: () => Stage): Tracked<Stage> => {
    const known = jobs.get(upload.eventId);
    if (known) return known;
    const timer = setTimeout(() => post(job), STATUS_AFTER_MS);
    timer.unref();
    const eventId = deps.replies.find(upload.eventId, 'status')?.sentEventId ?? null;
    // Revisions must not repeat those of an earlier life of the process: the clock never does.
    const nothingSent = { taken: null, first: null, edit: null, editedAtMs: 0 };
    const job: Tracked<Stage> = { upload, stage, timer, eventId, revision: clock(), ...nothingSent };
    jobs.set(upload.eventId, job);
    return job;
  };

  const post = (job: Tracked<Stage>): void => {
    if (job.eventId) {
      edit(job);
      return;
    }
    const options = { revision: 0, expiresAtMs: clock() + 3_600_000, keep: true };
    job.editedAtMs = clock();
    job.first = sender.offer(deps.render(job.upload, job.stage(), null), options);
    void job.first.sent.then((eventId) => {
      job.eventId = eventId;
    });
  };

  const edit = (job: Tracked<Stage>): void => {
    if (!job.eventId || job.edit || clock() - job.editedAtMs < EDIT_EVERY_MS) return;
    job.revision += 1;
    job.editedAtMs = clock();
    const options = { revision: job.revision, expiresAtMs: clock() + STALE_AFTER_MS, keep: false };
    job.edit = sender.offer(deps.render(job.upload, job.stage(), job.eventId), options);
    void job.edit.sent.then(() => {
      job.edit = null;
    });
  };

  const forget = (eventId: string): void => {
    const job = jobs.get(eventId);
    clearTimeout(job?.timer);
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
      if (!job || job.taken) return;
      const options = { revision: 0, expiresAtMs: clock() + TAKEN_STALE_AFTER_MS, keep: false };
      job.taken = sender.offer(deps.renderTaken(upload), options);
    },
    show(upload, stage) {
      const job = track(upload, () => stage);
      job.stage = () => stage;
      edit(job);
    },
    async settle(upload) {
      const job = jobs.get(upload.eventId);
      clearTimeout(job?.timer);
      jobs.delete(upload.eventId);
      void job?.taken?.withdraw();
      await job?.edit?.withdraw();
      await job?.first?.withdraw();
      const stored = deps.replies.find(upload.eventId, 'status');
      if (!stored) return null;
      // A crash came between the send and its answer: the same transaction id gives the event's id.
      return stored.sentEventId ?? sender.send(stored.reply);
    },
  };
}
