// What is left of a room that is forgotten: at once nothing that is worked on or found, and in the end nothing at all.
import { beforeEach, describe, expect, test } from 'vitest';
import { anUpload } from '../../fixtures/uploads.ts';
import { answer, createWipeRig, ROOM, reply, SECRET, type WipeRig } from './wipeRig.ts';

const CONFIRMATION = reply('$forget', 'answer', { kind: 'message', content: { body: 'Forgotten.' } });

let rig: WipeRig;
beforeEach(() => {
  rig = createWipeRig();
  rig.ledger.rooms.set(ROOM, 'joined');
});

/** Goes on until nothing is left; what is to be said then. */
function goOn(limit = 2) {
  const said = [];
  for (let more = rig.ledger.wipeMore(limit); more; more = rig.ledger.wipeMore(limit)) said.push(...more);
  return said;
}
function forget(): string[] {
  const cancelled = rig.ledger.wipeRoom(ROOM, CONFIRMATION);
  goOn();
  return cancelled;
}

describe('a room that is forgotten', () => {
  test('leaves nothing of its uploads, ids included, and names those that were open', () => {
    const { ledger } = rig;
    rig.insertWithAll('$done');
    rig.finish('$done', reply('$done', 'answer'));
    rig.insertWithAll('$open');
    rig.insertWithAll('$replying');
    ledger.jobs.saveReplies('$replying', [reply('$replying', 'answer')], { state: 'done', errorCode: null });
    expect(forget()).toEqual(['$open', '$replying']);
    expect(rig.filesWithSecret()).toEqual([]);
    expect(ledger.jobs.get('$done')).toBeNull();
    expect(ledger.replies.sentFor('$done')).toEqual([]);
    expect(ledger.replies.unsent()).toEqual([CONFIRMATION].map((each) => expect.objectContaining(each)));
    expect(ledger.jobs.counts()).toMatchObject({ done: 0, received: 0, replying: 0, cancelled: 0 });
  });

  test('still has its redactions sent, its commands answered, and its members told once', () => {
    const { ledger } = rig;
    rig.insertWithAll('$a');
    const kept = [
      reply('$old', 'retracted', { kind: 'redaction', redactedEventId: '$old' }),
      reply('$command', 'answer', { kind: 'message', content: { body: 'Help.' } }),
    ];
    for (const each of kept) ledger.replies.save(each);
    const denied = reply('denied !papers:here @eve:here', 'denied');
    ledger.replies.save(denied);
    ledger.replies.markSent(denied, '$denied');
    forget();
    expect(ledger.replies.unsent()).toMatchObject([...kept, CONFIRMATION]);
    expect(ledger.replies.save(denied)).toBe('known');
  });

  test('leaves other rooms alone', () => {
    rig.insertWithAll('$b', '!other:here');
    forget();
    expect(rig.ledger.jobs.get('$b')?.state).toBe('received');
    expect(rig.ledger.pages.of('$b')).toHaveLength(1);
  });

  test('is confirmed when the last of it is gone, and once', () => {
    for (const eventId of ['$a', '$b', '$c']) rig.insertWithAll(eventId);
    rig.ledger.wipeRoom(ROOM, CONFIRMATION);
    expect(rig.ledger.wipeMore(2)).toEqual([]);
    expect(rig.filesWithSecret()).not.toEqual([]);
    expect(rig.ledger.wipeMore(2)).toEqual([CONFIRMATION]);
    expect(rig.filesWithSecret()).toEqual([]);
    expect(rig.ledger.wipeMore(2)).toBeNull();
  });

  test('goes on after a crash where it was', () => {
    for (const eventId of ['$a', '$b', '$c']) rig.insertWithAll(eventId);
    rig.ledger.wipeRoom(ROOM, CONFIRMATION);
    rig.ledger.wipeMore(2);
    rig.restart();
    expect(goOn()).toEqual([CONFIRMATION]);
    expect(rig.filesWithSecret()).toEqual([]);
  });

  test('of which nothing is known is confirmed, too', () => {
    rig.ledger.wipeRoom(ROOM, CONFIRMATION);
    expect(goOn()).toEqual([CONFIRMATION]);
  });

  test.each(['left', 'unwanted'] as const)('is not confirmed when it is %s meanwhile', (state) => {
    rig.ledger.wipeRoom(ROOM, CONFIRMATION);
    rig.ledger.rooms.set(ROOM, state);
    expect(goOn()).toEqual([]);
  });

  test('twice is confirmed twice, and one command that comes twice once', () => {
    const second = { ...CONFIRMATION, sourceEventId: '$second' };
    for (const confirmation of [CONFIRMATION, second, second]) rig.ledger.wipeRoom(ROOM, confirmation);
    expect(goOn()).toEqual([CONFIRMATION, second]);
  });
});

describe('while a room is being forgotten', () => {
  test('what is posted after the command is kept, with its answer', () => {
    const { ledger } = rig;
    rig.insertWithAll('$old');
    ledger.wipeRoom(ROOM, CONFIRMATION);
    rig.insertWithAll('$new');
    rig.finish('$new', reply('$new', 'answer'));
    goOn();
    expect(ledger.jobs.get('$old')).toBeNull();
    expect(ledger.jobs.get('$new')).toMatchObject({ state: 'done', upload: { fileName: `${SECRET}.pdf` } });
    expect(ledger.replies.sentFor('$new')).toEqual(['$sent-answer-$new']);
    expect(ledger.results.find('key of $new', 0)).not.toBeNull();
  });

  test('an old upload that is asked for is a new one, and is answered anew', () => {
    const { ledger } = rig;
    rig.insertWithAll('$old');
    rig.finish('$old', reply('$old', 'answer'));
    ledger.wipeRoom(ROOM, CONFIRMATION);
    expect(ledger.jobs.ask(anUpload({ eventId: '$old' }), { postedAtMs: 0, receivedAtMs: 0 })).toBe('inserted');
    rig.finish('$old', reply('$old', 'answer'));
    goOn();
    expect(ledger.jobs.get('$old')?.state).toBe('done');
    expect(ledger.replies.sentFor('$old')).toEqual(['$sent-answer-$old']);
  });

  test('nothing of it is worked on, said, tried again or thought over', () => {
    const { ledger } = rig;
    rig.insertWithAll('$open');
    rig.insertWithAll('$replying');
    ledger.jobs.saveReplies('$replying', [reply('$replying', 'answer')], { state: 'done', errorCode: null });
    rig.insertWithAll('$failed');
    ledger.jobs.saveReplies('$failed', [], { state: 'failed', errorCode: 'internal' });
    ledger.jobs.finish('$failed');
    rig.insertWithAll('$provisional');
    ledger.jobs.saveReplies('$provisional', [], { state: 'done', errorCode: null, isProvisional: true });
    ledger.jobs.finish('$provisional');
    ledger.wipeRoom(ROOM, CONFIRMATION);
    expect(ledger.jobs.claim(9_000, new Set())).toBeNull();
    expect(ledger.replies.unsent()).toEqual([]);
    expect(ledger.jobs.retry('$failed')).toBe('not_failed');
    expect(ledger.jobs.retryBacklog({ postedSinceMs: 0, maxTries: 9 })).toEqual([]);
    expect(ledger.jobs.improve(0)).toEqual([]);
    expect(ledger.jobs.failures({ postedSinceMs: 0 })).toEqual([]);
  });

  test('its answers are those of no other file any more', () => {
    rig.insertWithAll('$old');
    rig.finish('$old');
    rig.ledger.wipeRoom(ROOM, CONFIRMATION);
    expect(rig.ledger.results.find('key of $old', 0)).toBeNull();
    expect(rig.ledger.results.usedInRoom('key of $old', ROOM, '$new')).toBeNull();
  });

  test('an answer that another upload finds again is kept for that one', () => {
    const { ledger } = rig;
    rig.insertWithAll('$old');
    rig.finish('$old');
    ledger.wipeRoom(ROOM, CONFIRMATION);
    rig.insertWithAll('$new', '!other:here');
    ledger.results.save('key of $old', '$new', answer);
    goOn();
    expect(ledger.results.find('key of $old', 0)?.summary.text).toBe(SECRET);
  });
});
