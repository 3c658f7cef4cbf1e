// What the ledger keeps of a model's answers: enough for the next attempt, and nothing once the job is over.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Ledger } from '../../../src/domain/ledger.ts';
import type { ModelAnswer } from '../../../src/domain/model.ts';
import { openLedger } from '../../../src/ledger/ledger.ts';
import { anUpload } from '../../fixtures/uploads.ts';

const said = (text: string): ModelAnswer => ({ text, finish: 'stop', usage: { inputTokens: 900, outputTokens: 40 } });

let ledger: Ledger;
beforeEach(() => {
  ledger = openLedger(':memory:', () => 5_000);
  for (const eventId of ['$a', '$b']) ledger.jobs.insert(anUpload({ eventId }), { postedAtMs: 0, receivedAtMs: 0 });
});
afterEach(() => ledger.close());

describe('an answer of the model', () => {
  test('comes back as it was, for its job and question alone', () => {
    ledger.modelAnswers.save('$a', 'part 1', { ...said('First.'), finish: 'length' });
    expect(ledger.modelAnswers.find('$a', 'part 1')).toEqual({ ...said('First.'), finish: 'length' });
    expect(ledger.modelAnswers.find('$a', 'part 2')).toBeNull();
    expect(ledger.modelAnswers.find('$b', 'part 1')).toBeNull();
  });

  test('to the same question again counts as it was given last', () => {
    ledger.modelAnswers.save('$a', 'part 1', said('Old.'));
    ledger.modelAnswers.save('$a', 'part 1', said('New.'));
    expect(ledger.modelAnswers.find('$a', 'part 1')?.text).toBe('New.');
  });

  test('stays while the job backs off', () => {
    ledger.modelAnswers.save('$a', 'part 1', said('First.'));
    ledger.jobs.wait('$a', { untilMs: 10, attempt: 2, outageSinceMs: null, errorCode: 'thread_crashed' });
    expect(ledger.modelAnswers.find('$a', 'part 1')?.text).toBe('First.');
  });

  test.each<[string, () => unknown]>([
    ['the answer is saved', () => ledger.jobs.saveReplies('$a', [], { state: 'done', errorCode: null })],
    ['the upload is redacted', () => ledger.jobs.cancel('$a')],
    ['the bot leaves the room', () => ledger.jobs.cancelRoom('!papers:here')],
  ])('is gone when %s, and none comes after', (_when, end) => {
    ledger.modelAnswers.save('$a', 'part 1', said('First.'));
    end();
    ledger.modelAnswers.save('$a', 'part 2', said('Late.'));
    expect(ledger.modelAnswers.find('$a', 'part 1')).toBeNull();
    expect(ledger.modelAnswers.find('$a', 'part 2')).toBeNull();
  });
});
