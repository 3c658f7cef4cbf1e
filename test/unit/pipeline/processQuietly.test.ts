// What becomes of a job that is tried again by itself: as long as nothing better comes of it not a word is said.
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { MAX_OUTAGE_MS } from '../../../config/limits.ts';
import type { Reply } from '../../../src/domain/reply.ts';
import { fails, HOUR, MINUTE, model, upload, useProcessRig } from './processRig.ts';

const { rig, run, row, claimAgain } = useProcessRig();

const newContentOf = (reply: Reply | undefined) =>
  reply?.body.kind === 'message' ? (reply.body.content['m.new_content'] as { body: string }).body : '';

/** What was saved to be sent goes out, each part as an event named after it. */
function send(): Reply[] {
  const unsent = rig.ledger.replies.unsent();
  for (const reply of unsent) rig.ledger.replies.markSent(reply, `$${reply.part}`);
  return unsent;
}
const bySummary = { summariserFor: () => model(async () => ({ summary: 'All is well.', keyPoints: [], notes: [] })) };

describe('an upload that failed, tried again by the backlog run', () => {
  beforeEach(async () => {
    await run({ read: fails('internal') });
    expect(send().map(({ part }) => part)).toEqual(['answer', 'mark']);
    expect(rig.ledger.jobs.retryBacklog({ postedSinceMs: 0, maxTries: 7 })).toEqual(['$upload']);
    claimAgain();
    rig.shown = [];
  });

  test('and failing again says nothing, shows nothing and stays failed', async () => {
    await run({ read: fails('internal') });
    expect(row().state).toBe('failed');
    expect(send()).toEqual([]);
    expect(rig.shown).toEqual([]);
  });

  test('and read puts the answer in the place of the sentence, and ✅ in the place of ❌', async () => {
    await run();
    expect(row().state).toBe('done');
    const [revised, gone, mark] = send();
    expect(revised).toMatchObject({
      part: 'revised',
      optional: false,
      body: { content: { 'm.relates_to': { rel_type: 'm.replace', event_id: '$answer' } } },
    });
    expect(newContentOf(revised)).toContain('The board met in May.');
    expect(gone?.body).toEqual({ kind: 'redaction', redactedEventId: '$mark' });
    expect(JSON.stringify(mark)).toContain('✅');
  });

  test('waits for a model that is away without a word', async () => {
    await run({ summariserFor: () => model(fails('model_unavailable')) });
    vi.setSystemTime(Date.now() + MINUTE);
    claimAgain();
    await run({ summariserFor: () => model(fails('model_unavailable')) });
    expect(row().state).toBe('waiting');
    expect(rig.shown).toEqual([]);
  });

  test('is taken back whole when the upload is redacted afterwards', async () => {
    await run();
    send();
    const standing = ['$answer', '$mark', '$mark_again', '$revised'];
    expect(rig.ledger.replies.sentFor('$upload')).toEqual(expect.arrayContaining(standing));
  });
});

describe('an upload that was answered while the model was away', () => {
  const away = { summariserFor: () => model(fails('model_unavailable')) };
  beforeEach(async () => {
    await run(away);
    vi.setSystemTime(Date.now() + MINUTE);
    claimAgain();
    await run(away);
    send();
    expect(row().state).toBe('done');
    expect(rig.ledger.jobs.improve(HOUR)).toEqual(['$upload']);
    claimAgain();
  });

  test('is answered in the same message when it is back, and keeps its ✅', async () => {
    await run(bySummary);
    expect(row().state).toBe('done');
    const sent = send();
    expect(sent.map(({ part }) => part)).toEqual(['revised']);
    expect(newContentOf(sent[0])).toContain('All is well.');
  });

  test('keeps its answer when the model does not come back for a day', async () => {
    await run(away);
    expect(row().state).toBe('waiting');
    vi.setSystemTime(Date.now() + MAX_OUTAGE_MS + MINUTE);
    claimAgain();
    await run(away);
    expect(row().state).toBe('done');
    const sent = send();
    expect(sent.map(({ part }) => part)).toEqual(['revised']);
    expect(newContentOf(sent[0])).toContain('it was away for too long');
  });

  test('answers nothing any more that was redacted meanwhile', async () => {
    rig.ledger.jobs.cancel(upload.eventId);
    await run(bySummary);
    expect(send()).toEqual([]);
  });
});
