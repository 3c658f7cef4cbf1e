// What an operator sees of the uploads that failed, and what becomes of them while a Lector runs.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { parseConfig } from '../../../config/env.ts';
import { type BacklogDeps, backlog } from '../../../src/cli/backlog.ts';
import type { ErrorCode } from '../../../src/domain/errors.ts';
import type { Ledger } from '../../../src/domain/ledger.ts';
import { dataDirAt, lockDataDir } from '../../../src/ledger/dataDir.ts';
import { openLedger } from '../../../src/ledger/ledger.ts';
import { createRecordingLog } from '../../fixtures/recordingLog.ts';
import { anUpload } from '../../fixtures/uploads.ts';
import { createSaid } from './said.ts';

const NOW_MS = new Date(2026, 0, 15, 12, 0, 0).getTime();
const HOUR_MS = 3_600_000;

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'lector-backlog-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
});

const dir = () => dataDirAt(dataDir);

/** The ledger of a Lector that runs. */
function running(): Ledger {
  const lock = lockDataDir(dir());
  onTestFinished(() => lock.release());
  return ledgerHere();
}

function ledgerHere(): Ledger {
  const ledger = openLedger(dir().database, () => NOW_MS);
  onTestFinished(() => ledger.close());
  return ledger;
}

function fail(ledger: Ledger, eventId: string, fileName: string, hoursAgo: number, errorCode: ErrorCode): void {
  const postedAtMs = NOW_MS - hoursAgo * HOUR_MS;
  ledger.jobs.insert(anUpload({ eventId, fileName }), { postedAtMs, receivedAtMs: postedAtMs });
  ledger.jobs.saveReplies(eventId, [], { state: 'failed', errorCode });
  ledger.jobs.finish(eventId);
}

async function run(changed: Partial<BacklogDeps> = {}) {
  const out = createSaid();
  const err = createSaid();
  const code = await backlog({
    config: parseConfig({ DATA_DIR: dataDir }, 'nothing', () => '').config,
    log: createRecordingLog().log,
    sinceMs: null,
    list: false,
    json: false,
    stdout: out.stream,
    stderr: err.stream,
    onSignal: () => undefined,
    clock: () => NOW_MS,
    ...changed,
  });
  return { code, stdout: out.text(), stderr: err.text() };
}

describe('with --list', () => {
  test('they stand in a table, with the reason in plain words, and stay failed', async () => {
    const ledger = ledgerHere();
    fail(ledger, '$a', 'minutes.pdf', 30, 'model_unavailable');
    fail(ledger, '$b', 'receipt.jpg', 2, 'reader_died');
    expect(await run({ list: true })).toEqual({
      code: 0,
      stdout: [
        'FAILED            ROOM          FILE         WHY                                               BACKLOG TRIES',
        '2026-01-15 12:00  !papers:here  minutes.pdf  the language model was away for too long          0',
        '2026-01-15 12:00  !papers:here  receipt.jpg  the process that read it alone died of it, twice  0',
        '',
        '',
      ].join('\n'),
      stderr: '',
    });
    expect(ledger.jobs.get('$a')?.state).toBe('failed');
  });

  test('and --since those that were posted before are left out', async () => {
    const ledger = ledgerHere();
    fail(ledger, '$a', 'minutes.pdf', 30, 'model_unavailable');
    fail(ledger, '$b', 'receipt.jpg', 2, 'internal');
    const { stdout } = await run({ list: true, sinceMs: 24 * HOUR_MS });
    expect(stdout).toContain('receipt.jpg');
    expect(stdout).not.toContain('minutes.pdf');
  });

  test('and --json each is one object on a line', async () => {
    fail(ledgerHere(), '$a', 'minutes.pdf', 30, 'model_failed');
    const { stdout, stderr } = await run({ list: true, json: true });
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      {
        eventId: '$a',
        roomId: '!papers:here',
        sender: '@anna:here',
        fileName: 'minutes.pdf',
        code: 'model_failed',
        why: 'the language model gave no usable answer',
        failedAt: new Date(NOW_MS).toISOString(),
        backlogTries: 0,
      },
    ]);
    expect(stderr).toBe('');
  });

  test('a name that would move the cursor of the terminal is shown without that', async () => {
    fail(ledgerHere(), '$a', 'a\u001b[2Jb\n\u202ec.pdf', 1, 'internal');
    const { stdout } = await run({ list: true });
    expect(stdout).toContain('  a [2Jb c.pdf  ');
    expect(stdout).not.toMatch(/[\p{Cf}]|\p{Cc}(?<!\n)/u);
  });
});

describe('while a Lector runs', () => {
  test('they are in line again, and the operator is told who takes them up', async () => {
    const ledger = running();
    fail(ledger, '$a', 'minutes.pdf', 30, 'internal');
    fail(ledger, '$b', 'receipt.jpg', 2, 'internal');
    const { code, stdout } = await run();
    expect(code).toBe(0);
    expect(stdout).toContain('minutes.pdf');
    expect(stdout).toContain(
      `2 uploads are in line again: the Lector that runs on ${dataDir} takes them up within 10 seconds.\n`,
    );
    expect([ledger.jobs.get('$a')?.state, ledger.jobs.get('$b')?.state]).toEqual(['received', 'received']);
  });

  test('an upload that the nightly run has given up is tried again by hand', async () => {
    const ledger = running();
    fail(ledger, '$a', 'minutes.pdf', 30, 'internal');
    for (let night = 0; night < 20; night += 1) {
      ledger.jobs.retryBacklog({ postedSinceMs: 0, maxTries: 100 });
      ledger.jobs.leave('$a');
    }
    const { stdout } = await run();
    expect(stdout).toContain('1 upload is in line again');
    expect(ledger.jobs.get('$a')?.state).toBe('received');
  });

  test('with --since the others stay', async () => {
    const ledger = running();
    fail(ledger, '$a', 'minutes.pdf', 30, 'internal');
    fail(ledger, '$b', 'receipt.jpg', 2, 'internal');
    const { stdout } = await run({ sinceMs: 24 * HOUR_MS });
    expect(stdout).toContain('1 upload is in line again');
    expect([ledger.jobs.get('$a')?.state, ledger.jobs.get('$b')?.state]).toEqual(['failed', 'received']);
  });

  test('with --json sentences go to standard error', async () => {
    fail(running(), '$a', 'minutes.pdf', 30, 'internal');
    const { stdout, stderr } = await run({ json: true });
    expect(stdout.trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(stdout)).toMatchObject({ eventId: '$a' });
    expect(stderr).toContain('1 upload is in line again');
  });
});

describe('when there is nothing to do', () => {
  test.each([
    [null, 'No upload that failed can be tried again.\n'],
    [HOUR_MS, 'No upload of that time that failed can be tried again.\n'],
  ])('(since %s) it says so, and starts no bot', async (sinceMs, sentence) => {
    const ledger = ledgerHere();
    ledger.jobs.insert(anUpload(), { postedAtMs: NOW_MS, receivedAtMs: NOW_MS });
    expect(await run({ sinceMs })).toEqual({ code: 0, stdout: sentence, stderr: '' });
  });

  test('a folder without a database is taken for a mistake, and none is made', async () => {
    const { code, stdout, stderr } = await run();
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe(`There is no database in ${dataDir} yet. Is DATA_DIR the one of the bot?\n`);
    expect(existsSync(dir().database)).toBe(false);
  });
});
