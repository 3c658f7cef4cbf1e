// Owns the rig of the tests of one job's way: a ledger in memory, ports that note what they are asked, and a clock that stands still.
import { afterEach, beforeEach, vi } from 'vitest';
import { AppError, type ErrorCode } from '../../../src/domain/errors.ts';
import type { JobRow, Ledger } from '../../../src/domain/ledger.ts';
import { NO_METER } from '../../../src/domain/meter.ts';
import type { Reading } from '../../../src/domain/reading.ts';
import type { Reply } from '../../../src/domain/reply.ts';
import { openLedger } from '../../../src/ledger/ledger.ts';
import { type Minds, type ProcessPorts, processJobs } from '../../../src/pipeline/process.ts';
import type { ReadPorts } from '../../../src/pipeline/readUpload.ts';
import type { Summariser } from '../../../src/pipeline/thought.ts';
import { createRecordingLog } from '../../fixtures/recordingLog.ts';
import { aJob, anUpload } from '../../fixtures/uploads.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const upload = anUpload();
export const aReading = (text = 'The board met in May.'): Reading => ({
  kind: 'pdf',
  pageCount: 1,
  pages: [{ page: 1, text, source: 'text' }],
  body: [{ page: 1, text }],
  title: null,
  author: null,
  outline: [],
  language: 'en',
  extract: { summary: [{ text: 'The board met in May.', page: 1 }], keyPoints: [] },
  notes: [],
  unread: [],
  ocrConfidence: null,
});
export const model = (summarise: Summariser['summarise']): Summariser => ({ name: 'a model', summarise });
export const fails = (code: ErrorCode) => () => Promise.reject(new AppError(code, '/a/secret/path'));

export type ProcessRig = {
  ledger: Ledger;
  shown: string[];
  delivered: string[];
  stopping: AbortController;
  statusEventId: string | null;
};

/** Changed ports, with those for one job in short: how it is read, and what summarises it. */
export type RigChanges = Partial<ProcessPorts> & {
  read?: ReadPorts['read'];
  summariserFor?: () => Summariser;
  minds?: Partial<Minds>;
};

/** A new rig before each test of the file, closed after it. */
export function useProcessRig() {
  const rig = {} as ProcessRig;
  beforeEach(() => {
    vi.useFakeTimers({ now: HOUR });
    const ledger = openLedger(':memory:', Date.now);
    ledger.jobs.insert(upload, { postedAtMs: HOUR, receivedAtMs: HOUR });
    ledger.jobs.claim(HOUR, new Set());
    Object.assign(rig, { ledger, shown: [], delivered: [], stopping: new AbortController(), statusEventId: null });
  });
  afterEach(() => {
    rig.ledger.close();
    vi.useRealTimers();
  });

  function portsWith({ read, summariserFor, minds, ...changes }: RigChanges): ProcessPorts {
    const clock = Date.now;
    return {
      jobs: rig.ledger.jobs,
      replies: rig.ledger.replies,
      known: { answer: (_wanted, work) => work() },
      keyFor: () => null,
      meter: NO_METER,
      chance: () => 0,
      transaction: rig.ledger.transaction,
      readingFor: () => ({ read: read ?? (async () => aReading()), scanningOf: () => null, clock }),
      mindsFor: () => ({ summariser: summariserFor?.() ?? null, seer: null, findFields: null, ...minds }),
      fallback: true,
      status: {
        show: (_upload, stage) => rig.shown.push(stage.kind),
        settle: async () => rig.statusEventId,
        forget: () => rig.shown.push('forgotten'),
      },
      uploadFile: async () => 'mxc://here/text',
      async deliver([jobId = '']) {
        for (const { part } of rig.ledger.replies.unsentOf(jobId)) rig.delivered.push(part);
        rig.ledger.jobs.finish(jobId);
      },
      maxFileBytes: 50 * 1024 * 1024,
      clock,
      ...changes,
    };
  }
  function run(changes: RigChanges = {}) {
    const job = aJob({ upload, receivedAtMs: HOUR, queuedAtMs: HOUR });
    const { signal } = rig.stopping;
    return processJobs([{ job, log: createRecordingLog().log, signal }], portsWith(changes), signal);
  }
  const claimAgain = () => rig.ledger.jobs.claim(Date.now(), new Set());
  const row = () => rig.ledger.jobs.get('$upload') as JobRow;
  const answer = (part: Reply['part'] = 'answer') => {
    const body = rig.ledger.replies.find('$upload', part)?.reply.body;
    return body?.kind === 'message' ? (body.content as Record<string, string>) : {};
  };
  return { rig, portsWith, run, claimAgain, row, answer };
}
