// Whatever a homeserver answers, nothing but an AppError comes of it, and nothing goes round in circles.
import fc from 'fast-check';
import type { MatrixClient } from 'matrix-bot-sdk';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../../src/domain/errors.ts';
import { failureOf } from '../../../src/matrix/http.ts';
import { createLookups } from '../../../src/matrix/lookups.ts';
import { createOwnEvents } from '../../../src/matrix/ownEvents.ts';
import { askWhetherAdmin } from '../../../src/matrix/powerLevels.ts';
import { translateSync } from '../../../src/matrix/translate.ts';
import { createTransport } from '../../../src/matrix/transport.ts';
import { createRecordingLog } from '../../fixtures/recordingLog.ts';
import { anUpload } from '../../fixtures/uploads.ts';
import { aReply } from './sendingSupport.ts';

const SELF = '@lector:here';
const ROOM = '!papers:here';
/** More requests than this for one piece of work on a few events are a circle. */
const MANY = 150;

/** What `JSON.parse` can give, `__proto__` and halves of characters included. */
const any = fc.oneof(
  fc.jsonValue({ maxDepth: 1 }),
  fc
    .constantFrom('null', '[]', '{"__proto__":{"x":1}}', '"\\ud800"', '1e400', '{"toString":1}')
    .map((json) => JSON.parse(json)),
);
/** What a stranger or a broken homeserver gets right in most places, and wrong in one. */
const mostly = (right: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 9, arbitrary: right }, { weight: 1, arbitrary: any });
const text = mostly(fc.constantFrom('$a', '$b', SELF, '@anna:here', 's1', '$\ud800', '..', ''));
const relation = fc.record(
  {
    rel_type: mostly(fc.constantFrom('m.thread', 'm.replace', 'm.annotation')),
    event_id: text,
    key: mostly(fc.constant('🔁')),
    'm.in_reply_to': mostly(fc.record({ event_id: text })),
  },
  { requiredKeys: ['event_id'] },
);
const content = fc.record(
  {
    msgtype: mostly(fc.constantFrom('m.text', 'm.file', 'm.notice')),
    body: mostly(fc.constantFrom('!lector retry', 'lector', '⏳ x', '> <@anna:here> x\n\n!lector mode auto')),
    url: mostly(fc.constantFrom('mxc://here/abc', 'mxc://../x')),
    'm.relates_to': mostly(relation),
    'm.new_content': any,
    membership: mostly(fc.constantFrom('join', 'leave')),
    replacement_room: any,
    creator: any,
    additional_creators: fc.array(any),
  },
  { requiredKeys: ['msgtype', 'body'] },
);
const types = [
  'm.room.message',
  'm.reaction',
  'm.room.member',
  'm.room.redaction',
  'm.room.encryption',
  'm.room.tombstone',
];
const event = mostly(
  fc.record(
    {
      type: mostly(fc.constantFrom('m.room.message', ...types)),
      event_id: mostly(fc.constantFrom('$a', '$b', '$\ud800')),
      sender: mostly(fc.constantFrom('@anna:here', SELF)),
      state_key: text,
      redacts: text,
      content: mostly(content),
      unsigned: any,
      origin_server_ts: any,
    },
    { requiredKeys: ['type', 'event_id', 'sender', 'content'] },
  ),
);
const events = mostly(fc.array(event, { maxLength: 5 }));
const timeline = fc.record(
  { events, limited: mostly(fc.constant(true)), prev_batch: mostly(fc.constant('p1')) },
  { requiredKeys: [] },
);
const names = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(ROOM, '!other:here') },
  fc.constantFrom('__proto__', '..', ''),
);
const roomsOf = (room: fc.Arbitrary<unknown>) => mostly(fc.dictionary(names, mostly(room)));
const syncBody = mostly(
  fc.record(
    {
      next_batch: mostly(fc.constant('s2')),
      rooms: mostly(
        fc.record(
          {
            join: roomsOf(fc.record({ timeline, state: mostly(fc.record({ events })) }, { requiredKeys: [] })),
            invite: roomsOf(fc.record({ invite_state: mostly(fc.record({ events })) })),
            leave: roomsOf(any),
          },
          { requiredKeys: ['join'] },
        ),
      ),
    },
    { requiredKeys: ['next_batch', 'rooms'] },
  ),
);
/** A page of any kind of list, an event, a state, the answer to a send. */
const answer = fc.oneof(
  fc.record(
    {
      chunk: events,
      end: mostly(fc.constantFrom('p1', 'p2')),
      next_batch: mostly(fc.constantFrom('p1', 'p2')),
      event_id: text,
      content: mostly(content),
      sender: text,
    },
    { requiredKeys: [] },
  ),
  event,
);
const error = fc
  .record({
    status: fc.integer({ min: 300, max: 599 }),
    body: fc.oneof(
      any.map((body) => JSON.stringify(body)),
      fc.string(),
    ),
  })
  .map(({ status, body }) => failureOf(new Response(null, { status }), body));

/** Gives the answers one after the other, and the last for ever. */
function homeserver(answers: unknown[]) {
  let requests = 0;
  const doRequest = async () => {
    const next = answers[Math.min(requests, answers.length - 1)];
    requests += 1;
    if (next instanceof Error) throw next;
    return next;
  };
  return { client: { doRequest } as unknown as MatrixClient, requests: () => requests };
}
const answers = fc.array(fc.oneof({ weight: 4, arbitrary: answer }, { weight: 1, arbitrary: error }), {
  minLength: 1,
  maxLength: 4,
});

/** Settles, with AppErrors at most. */
async function expectSettled(work: Promise<unknown>): Promise<void> {
  await work.catch((thrown) => expect(thrown).toBeInstanceOf(AppError));
}

describe('whatever the homeserver answers', () => {
  test('to a sync and what is asked while it is read, the sync is read or comes again', async () => {
    const read = async (body: unknown, later: unknown[], since: string | null, isJoined: boolean) => {
      const { client, requests } = homeserver(later);
      const { log } = createRecordingLog();
      const context = {
        client,
        selfId: SELF,
        lookups: createLookups(client, SELF, log),
        isRoomAdmin: (roomId: string, userId: string) => askWhetherAdmin(client, roomId, userId),
        since,
        backfillMs: 1_000,
        isJoined: () => isJoined,
        nowMs: 10_000,
        log,
      };
      await expectSettled(translateSync(body, context));
      expect(requests()).toBeLessThan(MANY);
    };
    await fc.assert(fc.asyncProperty(syncBody, answers, fc.constantFrom('s1', null), fc.boolean(), read), {
      numRuns: 400,
    });
  });

  test('to a search, a sweep or a send, it ends', async () => {
    const upload = anUpload({ roomId: ROOM, eventId: '$a', threadRootId: '$a' });
    const related = { body: 'x', 'm.relates_to': { rel_type: 'm.thread', event_id: '$a' } };
    const work = async (given: unknown[]) => {
      const { signal } = new AbortController();
      for (const kind of ['related', 'unrelated', 'answer', 'sweep', 'send', 'redaction']) {
        const { client, requests } = homeserver(given);
        const own = createOwnEvents(client, SELF, signal);
        const transport = createTransport(client, SELF, signal);
        const reply = aReply('$a', 'answer', ROOM);
        if (kind === 'related')
          await expectSettled(own.findSent({ ...reply, body: { kind: 'message', content: related } }));
        if (kind === 'unrelated') await expectSettled(own.findSent(reply));
        if (kind === 'answer') await expectSettled(own.answerTo(upload));
        if (kind === 'sweep') await expectSettled(transport.put({ ...reply, body: { kind, relatedEventId: '$a' } }, 0));
        if (kind === 'send') await expectSettled(transport.put(reply, 0));
        if (kind === 'redaction')
          await expectSettled(transport.put({ ...reply, body: { kind, redactedEventId: '$a' } }, 0));
        expect(requests()).toBeLessThan(MANY);
      }
    };
    await fc.assert(fc.asyncProperty(answers, work), { numRuns: 300 });
  });

  test('with an error, it is an AppError that says what became of the request', () => {
    fc.assert(
      fc.property(error, (failure) => {
        expect(failure).toBeInstanceOf(AppError);
        expect(failure.code).toMatch(/^homeserver_/);
        if (failure.retryAfterMs !== undefined) expect(failure.retryAfterMs).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

test('pages that go round in circles come to an end', async () => {
  const page = (id: string, next: string) => ({
    chunk: [{ event_id: id, sender: SELF, type: 'm.room.message' }],
    end: next,
  });
  const { client, requests } = homeserver(
    Array.from({ length: 50 }, (_, n) => (n % 2 ? page('$a', 'p1') : page('$b', 'p2'))),
  );
  const own = createOwnEvents(client, SELF, new AbortController().signal);
  expect(await own.findSent(aReply('$a', 'welcome', ROOM))).toBeNull();
  expect(requests()).toBeLessThan(5);
});
