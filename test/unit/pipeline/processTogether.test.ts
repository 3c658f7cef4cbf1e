// What pictures that are answered together may rely on: one message, a part for each, and none that takes another along.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { AppError } from '../../../src/domain/errors.ts';
import type { Ledger } from '../../../src/domain/ledger.ts';
import { NO_METER } from '../../../src/domain/meter.ts';
import type { Reading } from '../../../src/domain/reading.ts';
import { openLedger } from '../../../src/ledger/ledger.ts';
import { createAccess } from '../../../src/pipeline/access.ts';
import { type DeliverPorts, deliver } from '../../../src/pipeline/deliver.ts';
import { type JobRun, type ProcessPorts, processJobs } from '../../../src/pipeline/process.ts';
import { receive } from '../../../src/pipeline/receive.ts';
import { createRecordingLog } from '../../fixtures/recordingLog.ts';
import { aJob, anUpload } from '../../fixtures/uploads.ts';
import { aReading } from './processRig.ts';

const HOUR = 3_600_000;
const { log } = createRecordingLog();
const aPicture = (text: string): Reading => ({ ...aReading(text), kind: 'image', ocrConfidence: 90 });

let ledger: Ledger;
let sent: { part: string; body: string; of: string }[];
beforeEach(() => {
  vi.useFakeTimers({ now: HOUR });
  ledger = openLedger(':memory:', Date.now);
  sent = [];
});
afterEach(() => {
  ledger.close();
  vi.useRealTimers();
});

/** Processes pictures together; each is read as told, under the name of its event. `beforeSending`: all is saved then. */
async function answer(
  pictures: Record<string, () => Promise<Reading>>,
  beforeSending = () => {},
  order = Object.keys(pictures),
): Promise<void> {
  const runs = order.map((id): JobRun => {
    const upload = anUpload({ eventId: id, fileName: `${id.slice(1)}.png`, isPicture: true });
    ledger.jobs.insert(upload, { postedAtMs: HOUR, receivedAtMs: HOUR });
    ledger.jobs.claim(HOUR, new Set());
    const file = { path: '', bytes: 1, sha256: '', kind: 'image' as const };
    const job = aJob({ upload, file, receivedAtMs: HOUR, queuedAtMs: HOUR });
    return { job, log, signal: new AbortController().signal };
  });
  const delivery: DeliverPorts = {
    ...ledger,
    async send(key) {
      const said = ledger.replies.find(key.sourceEventId, key.part)?.reply.body;
      const body = said && 'content' in said ? String(said.content.body) : '';
      sent.push({ part: key.part, body, of: key.sourceEventId });
      ledger.replies.markSent(key, `$sent-${key.sourceEventId}`);
      return `$sent-${key.sourceEventId}`;
    },
    offer: () => undefined,
    deliverFirst: (jobId) => deliver(jobId, delivery),
    log,
  };
  const ports: ProcessPorts = {
    jobs: ledger.jobs,
    replies: ledger.replies,
    known: { answer: (_wanted, work) => work() },
    keyFor: () => null,
    meter: NO_METER,
    chance: () => 0,
    transaction: ledger.transaction,
    readingFor: ({ id }) => ({ read: pictures[id] as () => Promise<Reading>, scanningOf: () => null, clock: Date.now }),
    mindsFor: () => ({ summariser: null, seer: null, findFields: null }),
    fallback: true,
    status: { show: () => undefined, settle: async () => null, forget: () => undefined },
    uploadFile: async () => 'mxc://here/file',
    async deliver(jobIds) {
      beforeSending();
      for (const jobId of jobIds) await deliver(jobId, delivery);
    },
    maxFileBytes: 1,
    clock: Date.now,
  };
  await processJobs(runs, ports, new AbortController().signal);
}
const states = (...ids: string[]) => ids.map((id) => ledger.jobs.get(id)?.state);

describe('pictures that waited together', () => {
  test('get one message, in the thread of the first, with a part for each', async () => {
    await answer({ $a: async () => aPicture('Disk is full.'), $b: async () => aPicture('Quota exceeded.') });
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({ part: 'answer', of: '$a' });
    expect(sent[0]?.body).toMatch(/^a\.png — .*\n\nDisk is full\.[\s\S]*b\.png — .*\n\nQuota exceeded\./);
    expect(states('$a', '$b')).toEqual(['done', 'done']);
  });

  test('lose their common answer with each that is redacted', async () => {
    await answer({ $a: async () => aPicture('One.'), $b: async () => aPicture('Two.') });
    expect(ledger.replies.sentFor('$b')).toContain('$sent-$a');
  });

  test('and of which one cannot be read: that one is told so alone', async () => {
    const blurred = () => Promise.reject(new AppError('picture_blurred', 'variance 12'));
    await answer({ $a: blurred, $b: async () => aPicture('Two.'), $c: async () => aPicture('Three.') });
    expect(sent.map(({ of }) => of)).toEqual(['$a', '$b']);
    expect(sent[0]?.body).toContain('too blurred to read');
    expect(states('$a', '$b', '$c')).toEqual(['refused', 'done', 'done']);
  });

  test('and of which one says nothing: that one gets a mark and no word', async () => {
    const empty = { ...aPicture(''), body: [], ocrConfidence: null };
    await answer({ $a: async () => empty, $b: async () => aPicture('Two.') });
    expect(sent.map(({ of }) => of)).toEqual(['$b']);
    expect(states('$a', '$b')).toEqual(['done', 'done']);
    const mark = ledger.replies.find('$a', 'mark')?.reply.body;
    expect(mark).toMatchObject({ content: { 'm.relates_to': { key: '➖' } } });
  });

  test('and of which one was redacted meanwhile: it is not spoken of', async () => {
    const redacted = async () => {
      ledger.jobs.cancel('$a');
      return aPicture('Two.');
    };
    await answer({ $a: async () => aPicture('One.'), $b: redacted, $c: async () => aPicture('Three.') });
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({ of: '$b' });
    expect(sent[0]?.body).not.toContain('One.');
    expect(states('$a', '$b', '$c')).toEqual(['cancelled', 'done', 'done']);
  });
});

test('a picture that came twice, because its room was left and joined again, is spoken of once', async () => {
  const twins = { $a: async () => aPicture('Words of A.'), $b: async () => aPicture('Words of B.') };
  await answer(twins, undefined, ['$a', '$b', '$a']);
  expect(sent[0]?.body.match(/Words of A\./g)).toHaveLength(1);
});

describe('a redaction of one of them', () => {
  const redact = (eventId: string) => {
    const incoming = [{ kind: 'redaction' as const, roomId: '!papers:here', redactedEventId: eventId }];
    const access = createAccess('@lector:here', [], null);
    const { replies } = receive({ nextBatch: 's1', incoming }, { ledger, clock: Date.now, access } as never);
    return replies.filter(({ body }) => body.kind === 'redaction');
  };
  const three = () => ({
    $a: async () => aPicture('Words of A.'),
    $b: async () => aPicture('Words of B.'),
    $c: async () => aPicture('Words of C.'),
  });

  test.each(['$a', '$b'])('after the answer takes it back, and the others are answered anew (%s)', async (redacted) => {
    await answer(three());
    const taken = redact(redacted);
    expect(taken.map(({ body }) => body)).toEqual([{ kind: 'redaction', redactedEventId: '$sent-$a' }]);
    const others = ['$a', '$b', '$c'].filter((id) => id !== redacted);
    expect(states(...others)).toEqual(['received', 'received']);
    expect(ledger.replies.find(others[0] as string, 'answer')).toBeNull();
  });

  test.each(['$a', '$b'])(
    'before the answer is sent keeps it from being sent, and the others come again (%s)',
    async (redacted) => {
      await answer(three(), () => {
        expect(redact(redacted)).toEqual([]);
      });
      expect(sent).toEqual([]);
      const others = ['$a', '$b', '$c'].filter((id) => id !== redacted);
      expect(states(...others)).toEqual(['received', 'received']);
    },
  );

  test('of an upload that was answered alone touches no other', async () => {
    await answer({ $a: async () => aPicture('Words of A.') });
    await answer({ $b: async () => aPicture('Words of B.') });
    redact('$a');
    expect(states('$a', '$b')).toEqual(['cancelled', 'done']);
    expect(ledger.replies.sentFor('$b')).toEqual(['$sent-$b']);
  });
});
