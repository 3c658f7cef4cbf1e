// Whatever a stranger puts into an event, it is read without an error.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RawEvent } from '../../../src/matrix/events.ts';
import { readEvent } from '../../../src/matrix/intake.ts';

const SELF = { userId: '@lector:here', displayName: 'Reader' };
const ROOM = '!papers:here';

function read(event: RawEvent) {
  return readEvent({ event_id: '$e', sender: '@anna:here', type: 'm.room.message', ...event }, ROOM, SELF);
}

describe('whatever stands in an event', () => {
  const types = fc.constantFrom('m.room.message', 'm.room.redaction', 'm.room.tombstone', 'm.room.member');
  const relation = fc.record({
    rel_type: fc.oneof(fc.constantFrom('m.thread', 'm.replace'), fc.jsonValue()),
    event_id: fc.oneof(fc.constant('$root'), fc.jsonValue()),
    is_falling_back: fc.jsonValue(),
    'm.in_reply_to': fc.oneof(fc.record({ event_id: fc.jsonValue() }), fc.jsonValue()),
  });
  const near = fc.record(
    {
      msgtype: fc.oneof(fc.constantFrom('m.file', 'm.image', 'm.text'), fc.jsonValue()),
      body: fc.oneof(fc.constantFrom('lector', '!lector mode auto'), fc.jsonValue()),
      filename: fc.jsonValue(),
      url: fc.oneof(fc.constant('mxc://here/abc'), fc.jsonValue()),
      info: fc.jsonValue(),
      'm.relates_to': fc.oneof(relation, fc.jsonValue()),
      'm.mentions': fc.oneof(fc.record({ user_ids: fc.jsonValue() }), fc.jsonValue()),
    },
    { requiredKeys: [] },
  );

  test('any content is read without an error', () => {
    fc.assert(
      fc.property(types, fc.oneof(near, fc.jsonValue()), fc.jsonValue(), (type, content, unsigned) => {
        read({ type, content, unsigned });
      }),
    );
  });

  test('any JSON in the place of an event is read without an error', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (event) => {
        expect(readEvent(event as RawEvent, ROOM, SELF)).toBeNull();
      }),
    );
  });
});
