// Whatever a stranger puts into an event, it is read without an error.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openLedger } from '../../../src/ledger/ledger.ts';
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

describe('whatever number stands in an upload', () => {
  const TEN_YEARS_MS = 10 * 365 * 86_400_000;
  const NOW_MS = Date.UTC(2026, 0, 1);
  /** As JSON brings it: `1e400` is Infinity there. */
  const number = fc.oneof(
    fc.constantFrom('1e400', '-1e400', '1e300', '1e19', '1e18', '9007199254740993', '8640000000000001', '0.5'),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.maxSafeInteger().map(String),
    fc.bigInt().map(String),
  );
  const uploadWith = (age: string, size: string, sentAt: string) => {
    const content = `{"msgtype":"m.file","body":"a.pdf","url":"mxc://here/abc","info":{"size":${size}}}`;
    const incoming = read(
      JSON.parse(`{"content":${content},"unsigned":{"age":${age}},"origin_server_ts":${sentAt}}`) as RawEvent,
    );
    if (incoming?.kind !== 'upload') throw new Error('no upload');
    return incoming;
  };

  test('it is a time and a size that can be, or none', () => {
    fc.assert(
      fc.property(number, number, number, (age, size, sentAt) => {
        const { ageMs, upload } = uploadWith(age, size, sentAt);
        const isAge = Number(age) >= 0 && Number(age) <= TEN_YEARS_MS;
        const isSize = Number(size) >= 0 && Number(size) <= Number.MAX_SAFE_INTEGER;
        expect(ageMs).toBe(isAge ? JSON.parse(age) : 0);
        expect(upload.declaredBytes).toBe(isSize ? JSON.parse(size) : undefined);
        expect(upload.sentAtMs).toBeGreaterThanOrEqual(0);
        expect(new Date(upload.sentAtMs).getTime()).not.toBeNaN();
      }),
    );
  });

  test('the upload is stored, and read back as it was', () => {
    const ledger = openLedger(':memory:');
    let stored = 0;
    fc.assert(
      fc.property(number, number, number, (age, size, sentAt) => {
        const { ageMs, upload } = uploadWith(age, size, sentAt);
        const times = { postedAtMs: NOW_MS - ageMs, receivedAtMs: NOW_MS };
        stored += 1;
        const id = `$${stored}`;
        expect(ledger.jobs.insert({ ...upload, eventId: id }, times)).toBe('inserted');
        const claimed = ledger.jobs.claim(NOW_MS, new Set());
        expect(claimed?.upload.eventId).toBe(id);
        expect(claimed?.upload.declaredBytes).toBe(upload.declaredBytes);
        expect(claimed?.postedAtMs).toBe(Math.round(times.postedAtMs));
      }),
    );
    ledger.close();
  });
});
