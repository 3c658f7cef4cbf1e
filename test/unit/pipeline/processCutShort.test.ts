// What the way of one job promises when it is cut short: cancelled, stopped, or without room on the disk.
import { describe, expect, test, vi } from 'vitest';
import { AppError } from '../../../src/domain/errors.ts';
import { handleFailure } from '../../../src/pipeline/failure.ts';
import type { ProcessPorts } from '../../../src/pipeline/process.ts';
import { createRecordingLog } from '../../fixtures/recordingLog.ts';
import { aReading, HOUR, model, upload, useProcessRig } from './processRig.ts';

vi.mock('node:timers/promises', () => import('../../fixtures/globalTimers.ts'));

const { rig, portsWith, run, row } = useProcessRig();

describe('a job that was cancelled', () => {
  test('before it began is not read', async () => {
    rig.ledger.jobs.cancel('$upload');
    const read = vi.fn();
    await run({ read });
    expect(read).not.toHaveBeenCalled();
    expect(rig.shown).toEqual(['forgotten']);
  });

  test('while it was read is not summed up', async () => {
    await run({
      read: async () => {
        rig.ledger.jobs.cancel('$upload');
        return aReading();
      },
    });
    expect(rig.shown).toEqual(['reading', 'forgotten']);
    expect(row().state).toBe('cancelled');
  });

  test('while it was summed up is not answered', async () => {
    await run({
      summariserFor: () =>
        model(async () => {
          rig.ledger.jobs.cancel('$upload');
          return { summary: 's', keyPoints: [], notes: [] };
        }),
    });
    expect(rig.delivered).toEqual([]);
    expect(rig.ledger.replies.unsent()).toEqual([]);
  });

  test('and fails afterwards says nothing, not even that the model is away', async () => {
    await run({
      summariserFor: () =>
        model(() => {
          rig.ledger.jobs.cancel('$upload');
          return Promise.reject(new AppError('model_unavailable', 'away'));
        }),
    });
    expect(rig.shown).toEqual(['reading', 'summarising']);
    expect(row().state).toBe('cancelled');
  });

  test('shows no page that a thread still tells of', async () => {
    await run({
      read: (onProgress) => {
        rig.stopping.abort(new Error('the upload was redacted'));
        onProgress({ page: 2, of: 3 });
        return Promise.reject(rig.stopping.signal.reason);
      },
    });
    expect(rig.shown).toEqual(['reading']);
  });
});

test('a job that the end of the process cuts off stays for the next start', async () => {
  await run({
    read: () => {
      rig.stopping.abort(new Error('shutting down'));
      return Promise.reject(rig.stopping.signal.reason);
    },
  });
  expect(row().state).toBe('reading');
  expect(rig.ledger.jobs.resume(HOUR)).toBe(1);
});

describe('a full disk', () => {
  const full = () => {
    throw new AppError('storage_full', 'the disk is full');
  };

  test('makes the job wait once there is room to note it', async () => {
    let isFull = true;
    const orFull = <A extends unknown[], R>(method: (...args: A) => R) => {
      return (...args: A) => (isFull ? full() : method(...args));
    };
    const jobs = {
      ...rig.ledger.jobs,
      saveReplies: orFull(rig.ledger.jobs.saveReplies),
      wait: orFull(rig.ledger.jobs.wait),
    };
    const running = run({ jobs });
    await vi.advanceTimersByTimeAsync(12_000);
    expect(row().state).toBe('thinking');
    isFull = false;
    await vi.advanceTimersByTimeAsync(5_000);
    await running;
    expect(row()).toMatchObject({ state: 'waiting', errorCode: 'storage_full' });
    expect(rig.delivered).toEqual([]);
  });

  test('at the very end sends what is saved once there is room', async () => {
    const deliver = vi.fn<ProcessPorts['deliver']>().mockImplementationOnce(async () => full());
    const running = run({ deliver });
    await vi.advanceTimersByTimeAsync(5_000);
    await running;
    expect(deliver).toHaveBeenCalledTimes(2);
  });

  test('holds up no shutdown', async () => {
    const jobs = { ...rig.ledger.jobs, wait: full };
    const failed = { upload, thrown: new AppError('storage_full', 'spool'), startedAtMs: HOUR };
    const handled = handleFailure(failed, portsWith({ jobs }), createRecordingLog().log, rig.stopping.signal);
    await vi.advanceTimersByTimeAsync(1_000);
    rig.stopping.abort();
    await expect(handled).resolves.toBeUndefined();
    expect(vi.getTimerCount()).toBe(0);
  });
});
