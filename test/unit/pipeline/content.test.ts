// What the events that Lector sends hold: threads that older clients see as replies, edits in place, and never a ping by accident.
import { describe, expect, test } from 'vitest';
import {
  editOf,
  reactionTo,
  replyNotice,
  roomNotice,
  threadFile,
  threadMention,
  threadNotice,
  threadOf,
} from '../../../src/pipeline/content.ts';
import { anUpload } from '../../fixtures/uploads.ts';

const said = { body: 'Read.', html: '<p>Read.</p>' };
const notice = {
  msgtype: 'm.notice',
  body: 'Read.',
  format: 'org.matrix.custom.html',
  formatted_body: '<p>Read.</p>',
  'm.mentions': {},
};
const place = { rootId: '$root', replyToId: '$upload' };
const inThread = {
  rel_type: 'm.thread',
  event_id: '$root',
  is_falling_back: true,
  'm.in_reply_to': { event_id: '$upload' },
};

describe('content', () => {
  test('of a notice in a thread falls back to a reply and pings nobody', () => {
    expect(threadNotice(said, place)).toEqual({ ...notice, 'm.relates_to': inThread });
  });

  test('of an answer for an upload stands in the thread of that upload, or in the one it was posted in', () => {
    expect(threadOf(anUpload())).toEqual({ rootId: '$upload', replyToId: '$upload' });
    expect(threadOf(anUpload({ threadRootId: '$root' }))).toEqual(place);
  });

  test('of a mention is a text that names its member and nobody else', () => {
    expect(threadMention(said, place, '@anna:here')).toEqual({
      ...notice,
      msgtype: 'm.text',
      'm.mentions': { user_ids: ['@anna:here'] },
      'm.relates_to': inThread,
    });
  });

  test('of a notice to the room stands by itself', () => {
    expect(roomNotice(said)).toEqual(notice);
  });

  test('of a reply is in no thread', () => {
    expect(replyNotice(said, '$asked')).toEqual({
      ...notice,
      'm.relates_to': { 'm.in_reply_to': { event_id: '$asked' } },
    });
  });

  test('of an edit holds the new text, a fallback for old clients, and no thread of its own', () => {
    expect(editOf(said, '$status')).toEqual({
      ...notice,
      body: '* Read.',
      formatted_body: '* <p>Read.</p>',
      'm.new_content': notice,
      'm.relates_to': { rel_type: 'm.replace', event_id: '$status' },
    });
  });

  test('of a reaction annotates', () => {
    expect(reactionTo('$upload', '✅')).toEqual({
      'm.relates_to': { rel_type: 'm.annotation', event_id: '$upload', key: '✅' },
    });
  });

  test('of a file has no caption: its body is its name', () => {
    expect(
      threadFile(
        { name: 'minutes.md', mime: 'text/markdown; charset=utf-8', mxcUri: 'mxc://here/text', bytes: 9 },
        place,
      ),
    ).toEqual({
      msgtype: 'm.file',
      body: 'minutes.md',
      filename: 'minutes.md',
      url: 'mxc://here/text',
      info: { mimetype: 'text/markdown', size: 9 },
      'm.mentions': {},
      'm.relates_to': inThread,
    });
  });

  test('never holds half a character', () => {
    expect(threadNotice({ body: 'a\ud83d', html: '<p>\udc00</p>' }, place)).toMatchObject({
      body: 'a\ufffd',
      formatted_body: '<p>\ufffd</p>',
    });
  });
});
