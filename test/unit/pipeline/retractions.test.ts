// What is redacted of that which came too late: once, with a full disk in between, and nothing where the bot is no member.
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { AppError } from '../../../src/domain/errors.ts';
import type { Ledger } from '../../../src/domain/ledger.ts';
import { type Reply, transactionId } from '../../../src/domain/reply.ts';
import { openLedger } from '../../../src/ledger/ledger.ts';
import { createRetractions, type Retractions } from '../../../src/pipeline/retractions.ts';
import { createRecordingLog } from '../../fixtures/recordingLog.ts';
import { anUpload } from '../../fixtures/uploads.ts';

vi.mock('node:timers/promises', () => import('../../fixtures/globalTimers.ts'));

const upload = anUpload({ eventId: '$upload' });
const { roomId } = upload;
const notice: Reply = {
  roomId,
  sourceEventId: '$upload',
  part: 'status',
  body: { kind: 'message', content: { body: '⏳ secret.pdf' } },
  optional: true,
};
const NOW = Promise.resolve();

let ledger: Ledger;
let sent: Reply[];
let isDiskFull: boolean;
let retractions: Retractions;
beforeEach(() => {
  vi.useFakeTimers();
  ledger = openLedger(':memory:', Date.now);
  onTestFinished(() => ledger.close());
  ledger.rooms.set(roomId, 'joined');
  [sent, isDiskFull] = [[], false];
  const save = (reply: Reply) => {
    if (isDiskFull) throw new AppError('storage_full', 'the disk is full');
    return ledger.replies.save(reply);
  };
  retractions = createRetractions({
    ledger: { replies: { ...ledger.replies, save }, rooms: ledger.rooms, transaction: ledger.transaction },
    send: (reply) => sent.push(reply),
    signal: new AbortController().signal,
    log: createRecordingLog().log,
  });
});
afterEach(() => {
  vi.useRealTimers();
});
const bodies = () => sent.map(({ body }) => body);
const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms);
const saveNotice = () => {
  ledger.replies.save(notice);
  return ledger.replies.find('$upload', 'status')?.reply as Reply;
};

test('an event that came too late is redacted once', () => {
  retractions.event(roomId, '$late');
  retractions.event(roomId, '$late');
  expect(bodies()).toEqual([{ kind: 'redaction', redactedEventId: '$late' }]);
  expect(ledger.replies.unsent()).toHaveLength(1);
});

test('an event that came while the disk was full is redacted as soon as it has room', async () => {
  isDiskFull = true;
  retractions.event(roomId, '$late');
  await pass(60_000);
  expect(sent).toEqual([]);
  isDiskFull = false;
  await pass(5_000);
  expect(bodies()).toEqual([{ kind: 'redaction', redactedEventId: '$late' }]);
});

test('a notice that stands goes with its edits, when what was under way has ended', async () => {
  ledger.replies.markSent(saveNotice(), '$notice');
  const ended = Promise.withResolvers<void>();
  retractions.notice(upload, null, ended.promise);
  await pass();
  expect(sent).toEqual([]);
  expect(ledger.replies.unsent()).toHaveLength(2);
  ended.resolve();
  await pass();
  expect(bodies()).toEqual([
    { kind: 'sweep', relatedEventId: '$notice' },
    { kind: 'redaction', redactedEventId: '$notice' },
  ]);
});

test('a notice of which nobody knows whether it stands is looked for, and kept by no word of it', async () => {
  const kept = saveNotice();
  retractions.notice(upload, null, NOW);
  await pass();
  const onlyTransactionId = transactionId(kept);
  expect(bodies()).toEqual([{ kind: 'sweep', relatedEventId: '$upload', onlyTransactionId }]);
  expect(JSON.stringify(ledger.replies.unsent())).not.toContain('secret');
});

test('the notice of a room that was forgotten goes, though the ledger knows nothing of it', async () => {
  retractions.notice(upload, '$notice', NOW);
  await pass();
  expect(bodies()).toContainEqual({ kind: 'redaction', redactedEventId: '$notice' });
});

test('the next notice of the upload is another event', async () => {
  const before = transactionId(saveNotice());
  retractions.notice(upload, null, NOW);
  expect(transactionId(saveNotice())).not.toBe(before);
});

test('a notice that may have come back meanwhile is not taken for the one that was taken back', () => {
  const before = saveNotice();
  retractions.notice(upload, null, NOW);
  saveNotice();
  expect(ledger.replies.markSent(before, '$late')).toBe(false);
});

test('nothing is kept of a notice that never was', async () => {
  retractions.notice(upload, null, NOW);
  await pass();
  expect([sent, ledger.replies.wasTakenBack('$upload')]).toEqual([[], false]);
});

test('nothing is sent to a room that the bot was removed from', async () => {
  ledger.rooms.set(roomId, 'left');
  retractions.event(roomId, '$late');
  retractions.notice(upload, '$notice', NOW);
  await pass();
  expect([sent, ledger.replies.unsent()]).toEqual([[], []]);
});
