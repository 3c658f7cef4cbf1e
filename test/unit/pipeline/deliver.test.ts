// What the last step of a job promises: everything saved is sent, answers first, and a refusal or a redaction ends it quietly.
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { AppError } from '../../../src/domain/errors.ts';
import type { Ledger } from '../../../src/domain/ledger.ts';
import type { Reply, ReplyKey, ReplyPart } from '../../../src/domain/reply.ts';
import { openLedger } from '../../../src/ledger/ledger.ts';
import { deliver } from '../../../src/pipeline/deliver.ts';
import { createRecordingLog } from '../../fixtures/recordingLog.ts';
import { anUpload } from '../../fixtures/uploads.ts';

const reply = (part: ReplyPart, optional = false): Reply => ({
  roomId: '!papers:here',
  sourceEventId: '$upload',
  part,
  body: { kind: 'message', content: {} },
  optional,
});

let ledger: Ledger;
let did: string[];
beforeEach(() => {
  ledger = openLedger(':memory:', () => 0);
  onTestFinished(() => ledger.close());
  did = [];
  ledger.jobs.insert(anUpload(), { postedAtMs: 0, receivedAtMs: 0 });
});

function run(send: (reply: ReplyKey) => Promise<string | null> = async ({ part }) => `$${part}`) {
  return deliver('$upload', {
    jobs: ledger.jobs,
    replies: ledger.replies,
    async send(sent) {
      did.push(`send ${sent.part}`);
      const eventId = await send(sent);
      if (eventId) ledger.replies.markSent(sent, eventId);
      return eventId;
    },
    deliverFirst: () => Promise.reject(new Error('it is answered alone')),
    offer: ({ part }) => void did.push(`offer ${part} when ${ledger.jobs.get('$upload')?.state}`),
    log: createRecordingLog().log,
  });
}
const save = (...replies: Reply[]) => ledger.jobs.saveReplies('$upload', replies, { state: 'done', errorCode: null });

describe('delivering', () => {
  test('sends answers in order, ends the job, and only then offers what is optional', async () => {
    save(reply('answer'), reply('mark', true), reply('text'), reply('status_gone', true));
    await run();
    expect(did).toEqual(['send answer', 'send text', 'offer mark when done', 'offer status_gone when done']);
  });

  test('goes on where the last life of the process ended', async () => {
    save(reply('answer'), reply('text'), reply('mark', true));
    ledger.replies.markSent(reply('answer'), '$answer');
    await run();
    expect(did).toEqual(['send text', 'offer mark when done']);
  });

  test('sends what has the place of an answer that was taken back while it was under way, before the job ends', async () => {
    save(reply('answer'));
    const sent: string[] = [];
    await run(async ({ takenBack }) => {
      sent.push(`answer ${takenBack}`);
      if (sent.length > 1) return '$second';
      ledger.replies.takeBack('$upload');
      ledger.jobs.again('$upload');
      save(reply('answer'));
      return null;
    });
    expect(sent).toEqual(['answer 0', 'answer 1']);
    expect(ledger.jobs.get('$upload')?.state).toBe('done');
  });

  test('leaves a status notice of an earlier life alone', async () => {
    ledger.replies.save(reply('status', true));
    save(reply('answer'));
    await run();
    expect(did).toEqual(['send answer']);
  });

  test('drops what the homeserver refuses for good, and sends the rest', async () => {
    save(reply('answer'), reply('text'));
    await run(async ({ part }) => {
      if (part === 'answer') throw new AppError('homeserver_refused', '403');
      return `$${part}`;
    });
    expect(did).toEqual(['send answer', 'send text']);
    expect(ledger.replies.unsent()).toEqual([]);
    expect(ledger.jobs.get('$upload')?.state).toBe('done');
  });

  test('leaves everything for the next start when the process stops', async () => {
    save(reply('answer'), reply('text'));
    await expect(run(() => Promise.reject(new Error('stopping')))).rejects.toThrow('stopping');
    expect(ledger.replies.unsent().map(({ part }) => part)).toEqual(['answer', 'text']);
    expect(ledger.jobs.get('$upload')?.state).toBe('replying');
  });

  test('offers nothing for an upload that was redacted while its answer was sent', async () => {
    save(reply('answer'), reply('mark', true));
    await run(async () => {
      ledger.jobs.cancel('$upload');
      for (const unsent of ledger.replies.unsentOf('$upload')) ledger.replies.drop(unsent);
      return null;
    });
    expect(did).toEqual(['send answer']);
    expect(ledger.jobs.get('$upload')?.state).toBe('cancelled');
  });
});
