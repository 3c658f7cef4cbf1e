// Owns what the way of a job is given: ledger, reader, rooms and meter, bound to one job where it asks for them.
import type { Config } from '../config/env.ts';
import type { Document, DocumentReader } from './documentReader.ts';
import { toAppError } from './domain/errors.ts';
import type { Job } from './domain/job.ts';
import type { Ledger } from './domain/ledger.ts';
import type { Log } from './domain/log.ts';
import type { Meter } from './domain/meter.ts';
import { createKnownAnswers } from './pipeline/knownAnswers.ts';
import type { ProcessPorts } from './pipeline/process.ts';
import type { Outgoing } from './queue/outgoing.ts';
import type { RoomLink } from './roomLink.ts';

export type JobPortsDeps = {
  config: Config;
  ledger: Ledger;
  reader: DocumentReader;
  link: Pick<RoomLink, 'media' | 'board' | 'deliver'>;
  meter: Meter;
  clock(): number;
  log: Log;
};

/** The ports of `processJobs` for one line of jobs; answers are sent by `outgoing`. */
export function createJobPorts(deps: JobPortsDeps, outgoing: Outgoing): ProcessPorts {
  const { config, ledger, reader, link, meter, clock } = deps;
  const { results } = ledger;
  const documentOf = ({ id, upload, file, isSuspect }: Job, log: Log): Document => ({
    file,
    fileName: upload.fileName,
    profileName: ledger.rooms.settings(upload.roomId).profile,
    pages: { kept: () => ledger.pages.of(id), keep: (scan) => ledger.pages.save(id, scan) },
    modelAnswers: {
      find: (key) => ledger.modelAnswers.find(id, key),
      save(key, answer) {
        try {
          ledger.modelAnswers.save(id, key, answer);
        } catch (thrown) {
          // It is paid for and is of use all the same; only another attempt would ask again.
          log.warn({ code: toAppError(thrown).code }, 'an answer of the model could not be kept');
        }
      },
    },
    isSuspect,
    log,
  });
  return {
    jobs: ledger.jobs,
    replies: ledger.replies,
    transaction: ledger.transaction,
    readingFor: (job, log) => reader.reading(documentOf(job, log)),
    mindsFor: (job, log, signal) => reader.minds(documentOf(job, log), signal),
    known: createKnownAnswers({ results, maxAgeMs: config.storage.resultCacheMs, meter, clock, log: deps.log }),
    keyFor: (job) => reader.resultKey(documentOf(job, deps.log), job.file.sha256),
    fallback: config.llm.fallback,
    status: link.board,
    uploadFile: link.media.uploadFile,
    async deliver(jobIds) {
      const row = jobIds[0] === undefined ? null : ledger.jobs.get(jobIds[0]);
      if (!row) return;
      outgoing.run(row.upload.roomId, async () => {
        for (const jobId of jobIds) await link.deliver(jobId);
      });
    },
    meter,
    maxFileBytes: config.limits.maxFileBytes,
    clock,
    chance: Math.random,
  };
}
