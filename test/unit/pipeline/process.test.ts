// What the way of one job promises: answered once, whatever happens in between; told, backed off, taken up again.
import { describe, expect, test, vi } from 'vitest';
import { AppError, type ErrorCode } from '../../../src/domain/errors.ts';
import { aReading, fails, HOUR, MINUTE, model, useProcessRig } from './processRig.ts';

vi.mock('node:timers/promises', () => import('../../fixtures/globalTimers.ts'));

const { rig, run, row, answer, claimAgain } = useProcessRig();

describe('a document', () => {
  test('is read, summed up and answered, and its job is done', async () => {
    await run();
    expect(rig.shown).toEqual(['reading', 'summarising']);
    expect(rig.delivered).toEqual(['answer', 'mark']);
    expect(row()).toMatchObject({ state: 'done', errorCode: null });
    expect(answer().body).toContain('The board met in May. (p. 1)');
  });

  test('passes through its states in order', async () => {
    const states: string[] = [];
    const note = () => states.push(row().state);
    await run({
      read: async () => {
        note();
        return aReading();
      },
      summariserFor: () =>
        model(async () => {
          note();
          return { summary: 's', keyPoints: [], notes: [] };
        }),
      deliver: async () => void note(),
    });
    expect(states).toEqual(['reading', 'thinking', 'replying']);
  });

  test('shows the pages and parts that it is at', async () => {
    const stages: object[] = [];
    const status = { show: (_upload: object, stage: object) => stages.push(stage), settle: async () => null };
    await run({
      status: { ...status, forget: () => undefined },
      read: async (onProgress) => {
        onProgress({ page: 3, of: 9 });
        return aReading();
      },
      summariserFor: () =>
        model(async (_reading, onProgress) => {
          onProgress(2, 4);
          return { summary: 's', keyPoints: [], notes: [] };
        }),
    });
    expect(stages).toEqual([
      { kind: 'reading', page: 0, of: 0 },
      { kind: 'reading', page: 3, of: 9 },
      { kind: 'summarising', part: 1, of: 1 },
      { kind: 'summarising', part: 2, of: 4 },
    ]);
  });

  test('whose notice stands is answered in its place', async () => {
    rig.statusEventId = '$status';
    await run();
    expect(answer()['m.relates_to']).toEqual({ rel_type: 'm.replace', event_id: '$status' });
  });

  test('that took over a minute since it was posted is answered by a message that mentions its member', async () => {
    await run({
      read: async () => {
        vi.setSystemTime(HOUR + MINUTE + 1);
        return aReading();
      },
    });
    expect(answer()).toMatchObject({ msgtype: 'm.text', 'm.mentions': { user_ids: ['@anna:here'] } });
  });
});

describe('a long text', () => {
  test('of up to 4,000 characters is not attached', async () => {
    await run({ read: async () => aReading('x'.repeat(4_000)) });
    expect(rig.delivered).toEqual(['answer', 'mark']);
  });

  test('of more is attached whole', async () => {
    const uploadFile = vi.fn(async () => 'mxc://here/text');
    await run({ read: async () => aReading('x'.repeat(4_001)), uploadFile });
    expect(rig.delivered).toEqual(['answer', 'text', 'mark']);
    expect(uploadFile).toHaveBeenCalledWith(
      {
        text: expect.stringContaining('x'.repeat(4_001)),
        name: 'minutes.md',
        mime: 'text/markdown; charset=utf-8',
      },
      rig.stopping.signal,
    );
    expect(answer('text')).toMatchObject({ msgtype: 'm.file', url: 'mxc://here/text' });
    expect(answer().body).toContain('The whole text is attached.');
  });

  test('that the homeserver does not take is answered with a word on that', async () => {
    await run({ read: async () => aReading('x'.repeat(4_001)), uploadFile: fails('homeserver_refused') });
    expect(rig.delivered).toEqual(['answer', 'mark']);
    expect(answer().body).toContain('could not be attached');
  });

  test('waits while the homeserver is away', async () => {
    await run({ read: async () => aReading('x'.repeat(4_001)), uploadFile: fails('homeserver_unavailable') });
    expect(row()).toMatchObject({ state: 'waiting', errorCode: 'homeserver_unavailable' });
  });
});

describe('a failure', () => {
  test.each<[ErrorCode, string]>([
    ['password_needed', 'refused'],
    ['unreadable', 'refused'],
    ['timeout', 'refused'],
    ['out_of_memory', 'refused'],
    ['internal', 'failed'],
  ])('%s is told once, marked with ❌, and never shows what only the log may know', async (code, state) => {
    await run({ read: fails(code) });
    expect(rig.delivered).toEqual(['answer', 'mark']);
    expect(row()).toMatchObject({ state, errorCode: code });
    expect(answer().body).toMatch(/^minutes\.pdf: /);
    expect(answer().body).not.toContain('secret');
    const mark = rig.ledger.replies.find('$upload', 'mark')?.reply.body;
    expect(JSON.stringify(mark)).toContain('❌');
  });

  test.each<[ErrorCode, number]>([
    ['thread_crashed', 2],
    ['media_unavailable', 3],
  ])('with %s is tried %i times, and told after the last', async (code, attempts) => {
    for (let attempt = 1; attempt < attempts; attempt++) {
      await run({ read: fails(code) });
      expect(row()).toMatchObject({ state: 'waiting', attempt: attempt + 1 });
      vi.setSystemTime(Date.now() + MINUTE);
      claimAgain();
    }
    await run({ read: fails(code) });
    expect(row()).toMatchObject({ state: 'failed', errorCode: code });
    expect(rig.delivered).toEqual(['answer', 'mark']);
  });

  test('that is no AppError is told, too', async () => {
    await run({ read: () => Promise.reject(new TypeError('x is not a function')) });
    expect(row()).toMatchObject({ state: 'failed', errorCode: 'internal' });
    expect(answer().body).not.toContain('x is not');
  });
});

describe('a model that is away', () => {
  const away = { summariserFor: () => model(fails('model_unavailable')) };

  test('makes the job wait, and its notice says so', async () => {
    await run(away);
    expect(row()).toMatchObject({ state: 'waiting', attempt: 1, outageSinceMs: HOUR, errorCode: 'model_unavailable' });
    expect(rig.shown.at(-1)).toBe('model_away');
    expect(rig.delivered).toEqual([]);
  });

  test('for longer than a moment is done without for now: the answer says that the model’s follows', async () => {
    await run(away);
    vi.setSystemTime(Date.now() + 20_000);
    claimAgain();
    await run(away);
    expect(row().state).toBe('done');
    expect(answer().body).toContain('The board met in May.');
    expect(answer().body).toContain('take the place of these when it is back');
    expect(rig.ledger.jobs.improve(0)).toEqual(['$upload']);
  });

  test('is waited for in any case where no fallback is wanted', async () => {
    await run({ ...away, fallback: false });
    vi.setSystemTime(Date.now() + 20_000);
    claimAgain();
    await run({ ...away, fallback: false });
    expect(row().state).toBe('waiting');
  });

  test('leaves the notice as it is while the document is read again', async () => {
    await run(away);
    vi.setSystemTime(Date.now() + 10_000);
    claimAgain();
    rig.shown = [];
    await run(away);
    expect(rig.shown).toEqual(['model_away']);
  });

  test('for 24 hours is done without: the answer says so', async () => {
    await run(away);
    vi.setSystemTime(25 * HOUR);
    claimAgain();
    await run(away);
    expect(row().state).toBe('done');
    expect(answer().body).toContain('it was away for too long');
  });

  test('for 24 hours is told as a failure where no fallback is wanted', async () => {
    await run({ ...away, fallback: false });
    vi.setSystemTime(25 * HOUR);
    claimAgain();
    await run({ ...away, fallback: false });
    expect(row()).toMatchObject({ state: 'failed', errorCode: 'model_unavailable' });
  });

  test('and only limits makes the job wait as long as it says', async () => {
    const limited = new AppError('model_rate_limited', '429', { retryAfterMs: 90_000 });
    await run({ summariserFor: () => model(() => Promise.reject(limited)) });
    expect(rig.ledger.jobs.nextDueMs()).toBe(HOUR + 90_000);
  });

  test('by a failure of its own is done without at once', async () => {
    await run({ summariserFor: () => model(fails('model_failed')) });
    expect(row().state).toBe('done');
    expect(answer().body).toContain('The language model gave no usable answer');
  });
});
