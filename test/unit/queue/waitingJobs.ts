// Owns the jobs that the dispatcher's tests have waiting, claimed as from the ledger: the oldest that is due and whose room is not full.
import type { JobRow } from '../../../src/domain/ledger.ts';
import type { Upload } from '../../../src/domain/media.ts';
import { aJobRow, anUpload } from '../../fixtures/uploads.ts';

export type WaitingJobs = {
  add(id: string, upload?: Partial<Upload>, row?: Partial<JobRow>): void;
  /** Backs a job off that has not been claimed. */
  wait(id: string, untilMs: number): void;
  claim(nowMs: number, fullRooms: ReadonlySet<string>): JobRow | null;
  nextDueMs(): number | null;
  /** Ids of those that nobody has claimed. */
  left(): string[];
};

export function createWaitingJobs(): WaitingJobs {
  const jobs: { row: JobRow; dueAtMs: number | null }[] = [];
  const find = (id: string) => jobs.find(({ row }) => row.upload.eventId === id);
  return {
    add(id, upload, row) {
      const ofUpload = anUpload({ eventId: id, ...upload });
      jobs.push({ row: aJobRow({ upload: ofUpload, receivedAtMs: 7, ...row }), dueAtMs: null });
    },
    wait(id, untilMs) {
      const job = find(id);
      if (job) job.dueAtMs = untilMs;
    },
    claim(nowMs, fullRooms) {
      const index = jobs.findIndex(({ row, dueAtMs }) => (dueAtMs ?? 0) <= nowMs && !fullRooms.has(row.upload.roomId));
      return index < 0 ? null : (jobs.splice(index, 1)[0]?.row ?? null);
    },
    nextDueMs() {
      const due = jobs.flatMap(({ dueAtMs }) => dueAtMs ?? []);
      return due.length === 0 ? null : Math.min(...due);
    },
    left: () => jobs.map(({ row }) => row.upload.eventId),
  };
}
