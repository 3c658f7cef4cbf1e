// What deliveries promise beside what each does: none twice at once, none given up on a full disk, each end counted once.
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { AppError } from '../../../src/domain/errors.ts';
import type { Ledger } from '../../../src/domain/ledger.ts';
import type { ReplyKey } from '../../../src/domain/reply.ts';
import { openLedger } from '../../../src/ledger/ledger.ts';
import { createDeliveries, type DeliverJob } from '../../../src/pipeline/deliveries.ts';
import { endReplies, sharedReplies } from '../../../src/pipeline/replies.ts';
import { createRecordingLog } from '../../fixtures/recordingLog.ts';
import { anUpload } from '../../fixtures/uploads.ts';

vi.mock('node:timers/promises', () => import('../../fixtures/globalTimers.ts'));

const END = { state: 'done', errorCode: null } as const;
const uploads = ['$lead', '$other'].map((eventId) => anUpload({ eventId, declaredMime: 'application/pdf' }));
const [lead, other] = uploads as [(typeof uploads)[0], (typeof uploads)[0]];

let ledger: Ledger;
let sent: string[];
let offered: string[];
let counted: string[];
let stopping: AbortController;
let deliver: DeliverJob;
let isDiskFull: boolean;
beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  ledger = openLedger(':memory:', Date.now);
  onTestFinished(() => ledger.close());
  [sent, offered, counted, isDiskFull] = [[], [], [], false];
  stopping = new AbortController();
  const times = { postedAtMs: 0, receivedAtMs: 0 };
  for (const upload of uploads) ledger.jobs.insert(upload, times);
  deliver = createDeliveries({
    jobs: { get: ledger.jobs.get, finish },
    replies: ledger.replies,
    send,
    offer: ({ sourceEventId, part }) => offered.push(`${part} of ${sourceEventId}`),
    meter: { jobEnded: (kind, outcome) => counted.push(`${kind} ${outcome}`), stageTook: () => undefined },
    signal: stopping.signal,
    clock: Date.now,
    log: createRecordingLog().log,
  });
});
afterEach(() => {
  vi.useRealTimers();
});

function finish(eventId: string): boolean {
  if (isDiskFull) throw new AppError('storage_full', 'the disk is full');
  return ledger.jobs.finish(eventId);
}
async function send(reply: ReplyKey): Promise<string> {
  await Promise.resolve();
  sent.push(`${reply.part} of ${reply.sourceEventId}`);
  ledger.replies.markSent(reply, `$answer-to-${reply.sourceEventId}`);
  return `$answer-to-${reply.sourceEventId}`;
}
const facts = (upload = lead) => ({ upload, mark: 'done' as const, statusEventId: null, attachments: [] });
const save = () =>
  ledger.jobs.saveReplies('$lead', endReplies({ ...facts(), rendered: { body: 'x', html: '' }, elapsedMs: 0 }), END);
const saveShared = () => ledger.jobs.saveReplies('$other', sharedReplies(facts(other), lead), END);
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

test('a job whose answer is out ends as soon as the disk has room for that', async () => {
  save();
  isDiskFull = true;
  const delivered = deliver('$lead');
  await pass(60_000);
  expect([ledger.jobs.get('$lead')?.state, offered]).toEqual(['replying', []]);
  isDiskFull = false;
  await pass(5_000);
  await delivered;
  expect([ledger.jobs.get('$lead')?.state, offered]).toEqual(['done', ['mark of $lead']]);
  expect(sent).toEqual(['answer of $lead']);
  expect(counted).toEqual(['pdf done']);
});

test('a stop ends the wait for the disk and leaves the job to the next start', async () => {
  save();
  isDiskFull = true;
  const delivered = expect(deliver('$lead')).rejects.toThrow('stopping');
  await pass(1_000);
  stopping.abort(new Error('stopping'));
  await delivered;
  expect(ledger.jobs.get('$lead')?.state).toBe('replying');
});

test('uploads answered together, delivered all at once, are answered once, and each is ended and counted once', async () => {
  save();
  saveShared();
  await Promise.all(['$lead', '$other', '$lead'].map(deliver));
  expect(sent).toEqual(['answer of $lead']);
  expect(offered).toEqual(['mark of $lead', 'mark of $other']);
  expect(ledger.replies.find('$other', 'answer')?.sentEventId).toBe('$answer-to-$lead');
  expect(counted).toEqual(['pdf done', 'pdf done']);
});

test('a job that was delivered before is not counted again', async () => {
  save();
  await deliver('$lead');
  await deliver('$lead');
  expect(counted).toEqual(['pdf done']);
});

test('a job that was redacted while its answer was sent is not counted as answered', async () => {
  save();
  const delivered = deliver('$lead');
  ledger.jobs.cancel('$lead');
  await delivered;
  expect(counted).toEqual([]);
});
