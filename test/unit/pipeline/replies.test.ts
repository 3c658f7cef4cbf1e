// Which replies an upload gets in the end: in the place of its notice when quick, with a mention when late, and one mark.
import { describe, expect, test } from 'vitest';
import { transactionId } from '../../../src/domain/reply.ts';
import { endReplies, type ReplyFacts, retraction, statusReply, takenReply } from '../../../src/pipeline/replies.ts';
import { anUpload } from '../../fixtures/uploads.ts';

const MINUTE = 60_000;
const facts = (changes: Partial<ReplyFacts> = {}): ReplyFacts => ({
  upload: anUpload(),
  rendered: { body: 'Read.', html: '<p>Read.</p>' },
  mark: 'done',
  elapsedMs: 5_000,
  statusEventId: null,
  attachments: [],
  ...changes,
});
const partsOf = (changes: Partial<ReplyFacts>) => endReplies(facts(changes)).map(({ part }) => part);
const contentOf = (changes: Partial<ReplyFacts>, part = 'answer') => {
  const body = endReplies(facts(changes)).find((reply) => reply.part === part)?.body;
  return body && 'content' in body ? body.content : body;
};

describe('an answer', () => {
  test('without a notice before it is a notice in the thread', () => {
    expect(partsOf({})).toEqual(['answer', 'mark']);
    expect(contentOf({})).toMatchObject({ msgtype: 'm.notice', 'm.relates_to': { rel_type: 'm.thread' } });
  });

  test('takes the place of the notice that stands', () => {
    expect(partsOf({ statusEventId: '$status' })).toEqual(['answer', 'mark']);
    expect(contentOf({ statusEventId: '$status' })).toMatchObject({
      'm.relates_to': { rel_type: 'm.replace', event_id: '$status' },
    });
  });

  test('of exactly a minute is still quick', () => {
    expect(contentOf({ elapsedMs: MINUTE })).toMatchObject({ msgtype: 'm.notice' });
  });

  test('after more than a minute is a new message that mentions the member', () => {
    expect(partsOf({ elapsedMs: MINUTE + 1 })).toEqual(['answer', 'mark']);
    expect(contentOf({ elapsedMs: MINUTE + 1 })).toMatchObject({
      msgtype: 'm.text',
      'm.mentions': { user_ids: ['@anna:here'] },
      'm.relates_to': { rel_type: 'm.thread', 'm.in_reply_to': { event_id: '$upload' } },
    });
  });

  test('after more than a minute takes the notice away', () => {
    const late = { elapsedMs: MINUTE + 1, statusEventId: '$status' };
    expect(partsOf(late)).toEqual(['answer', 'status_gone', 'mark']);
    expect(contentOf(late, 'status_gone')).toEqual({ kind: 'redaction', redactedEventId: '$status' });
  });

  test('comes before its file', () => {
    const file = {
      part: 'text' as const,
      name: 'minutes.md',
      mime: 'text/markdown',
      mxcUri: 'mxc://here/text',
      bytes: 9,
    };
    expect(partsOf({ attachments: [file] })).toEqual(['answer', 'text', 'mark']);
  });

  test.each([
    ['done', '✅'],
    ['nothing', '➖'],
    ['failed', '❌'],
  ] as const)('that is %s is marked %s', (mark, key) => {
    expect(contentOf({ mark }, 'mark')).toMatchObject({ 'm.relates_to': { event_id: '$upload', key } });
  });

  test('waits for nothing: only mark and clean-up are optional', () => {
    const file = {
      part: 'text' as const,
      name: 'minutes.md',
      mime: 'text/markdown',
      mxcUri: 'mxc://here/text',
      bytes: 9,
    };
    const replies = endReplies(facts({ attachments: [file], elapsedMs: MINUTE + 1, statusEventId: '$status' }));
    expect(replies.map(({ part, optional }) => [part, optional])).toEqual([
      ['answer', false],
      ['text', false],
      ['status_gone', true],
      ['mark', true],
    ]);
  });
});

describe('other replies', () => {
  test('a status notice is a notice in the thread, and then an edit of it', () => {
    const rendered = { body: '⏳', html: '⏳' };
    expect(statusReply(anUpload(), rendered, null)).toMatchObject({
      part: 'status',
      optional: true,
      body: { content: { 'm.relates_to': { rel_type: 'm.thread' } } },
    });
    expect(statusReply(anUpload(), rendered, '$status')).toMatchObject({
      body: { content: { 'm.relates_to': { rel_type: 'm.replace', event_id: '$status' } } },
    });
  });

  test('👀 reacts to the upload', () => {
    expect(takenReply(anUpload())).toMatchObject({
      part: 'taken',
      optional: true,
      body: { kind: 'reaction', content: { 'm.relates_to': { event_id: '$upload', key: '👀' } } },
    });
  });

  test('each event that is taken back has a key of its own', () => {
    expect(retraction('!papers:here', '$answer')).toEqual({
      roomId: '!papers:here',
      sourceEventId: '$answer',
      part: 'retracted',
      body: { kind: 'redaction', redactedEventId: '$answer' },
      optional: false,
    });
  });
});

describe('transaction ids', () => {
  const body = { kind: 'message' as const, content: { body: 'One.' } };
  const reply = { sourceEventId: '$upload', part: 'answer' as const, body };

  test('are the same in every life of the process', () => {
    expect(transactionId(reply)).toBe('lector-GrYFPRwZ7YXtzeXN9L-7tqJPeoi_6Wdg');
  });

  test('of an answer in other words differ: it is said anew after it was taken back', () => {
    const other = { ...reply, body: { ...body, content: { body: 'Two.' } } };
    expect(transactionId(other)).not.toBe(transactionId(reply));
  });

  test('of a notice of progress do not differ by its words', () => {
    const status = { ...reply, part: 'status' as const };
    expect(transactionId({ ...status, body: { ...body, content: { body: 'Two.' } } })).toBe(transactionId(status));
  });

  test('differ by source, part and revision', () => {
    const ids = [
      transactionId(reply),
      transactionId(reply, 1),
      transactionId({ ...reply, part: 'text' }),
      transactionId({ ...reply, sourceEventId: '$other' }),
    ];
    expect(new Set(ids).size).toBe(4);
  });
});
