// What an operator finds in the log of a job that failed: where it failed, with what, and when it is tried again, each said once.
import { expect, test } from 'vitest';
import { AppError, type ErrorCode } from '../../../src/domain/errors.ts';
import type { Job } from '../../../src/domain/job.ts';
import { handleFailure } from '../../../src/pipeline/failure.ts';
import { BoundedQueue } from '../../../src/queue/bounded.ts';
import { startConsumers } from '../../../src/queue/consumers.ts';
import { createFairOrder } from '../../../src/queue/fairOrder.ts';
import { createRecordingLog } from '../../fixtures/recordingLog.ts';
import { aJob } from '../../fixtures/uploads.ts';
import { HOUR, upload, useProcessRig } from './processRig.ts';

const { rig, portsWith } = useProcessRig();
const failed = (code: ErrorCode) => ({ upload, thrown: new AppError(code, 'a reason'), startedAtMs: HOUR - 20 });

test.each<[string, ErrorCode, string]>([
  ['the download', 'homeserver_unavailable', 'fetching'],
  ['the look at the model before the download', 'model_unavailable', 'model_check'],
  ['the reading that killed the process each time', 'reader_died', 'reading'],
])('of a job that was not read yet, %s is named as what failed (%s)', async (_what, code, stage) => {
  const { log, records } = createRecordingLog();
  await handleFailure(failed(code), portsWith({}), log, rig.stopping.signal);
  expect(records).toMatchObject([{ message: 'job failed', stage, code, reason: 'a reason', durationMs: 20 }]);
});

test('a job that fails in the hands of a consumer is one line, with job, room and attempt once', async () => {
  rig.ledger.jobs.move(upload.eventId, 'reading');
  const { log, records } = createRecordingLog();
  const order = createFairOrder(1);
  const queue = new BoundedQueue<Job>(1, order.choose);
  queue.tryPut(aJob({ upload, attempt: 2 }));
  const consumers = startConsumers({
    count: 1,
    queue,
    order,
    async process([taken], signal) {
      if (taken) await handleFailure(failed('homeserver_unavailable'), portsWith({}), taken.log, signal);
    },
    release: () => undefined,
    clock: () => HOUR,
    log,
  });
  await queue.join();
  await consumers.drain(0);
  expect(records.filter(({ message }) => message === 'job failed')).toEqual([
    {
      level: 'warn',
      message: 'job failed',
      consumer: 1,
      job: upload.eventId,
      room: upload.roomId,
      attempt: 2,
      stage: 'reading',
      code: 'homeserver_unavailable',
      reason: 'a reason',
      nextAttemptAt: new Date(HOUR + 1_000).toISOString(),
      durationMs: 20,
    },
  ]);
});
