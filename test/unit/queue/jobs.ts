// Owns jobs in line for the tests of the queue: complete, and different only in what a test names.
import type { Job } from '../../../src/domain/job.ts';
import type { Upload } from '../../../src/domain/media.ts';
import { anUpload, aJob as anyJob } from '../../fixtures/uploads.ts';

export function aJob(id: string, with_: Partial<Job> = {}, upload: Partial<Upload> = {}): Job {
  const file: Job['file'] = { path: `/spool/${id}`, bytes: 1, sha256: '', kind: 'pdf' };
  return anyJob({ upload: anUpload({ eventId: id, ...upload }), file, queuedAtMs: 400, ...with_ });
}
