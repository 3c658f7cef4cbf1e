// What is taken out of a line of the log: known secrets in every form, and unknown ones by where they stand or how they look.
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createScrub } from '../../../src/ops/scrub.ts';

const scrub = createScrub([]);

describe('a known secret', () => {
  test('that holds another leaves nothing of itself', () => {
    expect(createScrub(['abcd', 'abcdefgh'])('key abcdefgh')).toBe('key [secret]');
  });

  test('of less than four letters is not looked for: it would be found in every word', () => {
    expect(createScrub(['a', ''])('a banana')).toBe('a banana');
  });

  test('is found however often its text was quoted as JSON', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 4, unit: 'binary' }), fc.nat({ max: 3 }), (secret, quotings) => {
        fc.pre(!'[secret]'.includes(secret) && secret.isWellFormed());
        let quoted = secret;
        for (let i = 0; i < quotings; i += 1) quoted = JSON.stringify(quoted).slice(1, -1);
        expect(createScrub([secret])(`<${quoted}>`)).not.toContain(quoted);
      }),
    );
  });
});

describe('an unknown secret', () => {
  test.each([
    ['GET /sync?access_token=syt_abc&since=s1', 'GET /sync?access_token=[secret]&since=s1'],
    [
      'next=https%3A%2F%2Fhs%3Faccess_token%3Dabc%2Fd%26since%3Ds1',
      'next=https%3A%2F%2Fhs%3Faccess_token%3D[secret]%26since%3Ds1',
    ],
    ['/v1?key=1&api_key=abc&x=1', '/v1?key=1&api_key=[secret]&x=1'],
    ['{"access_token":"syt_abc","device_id":"D"}', '{"access_token":"[secret]","device_id":"D"}'],
    ['{"refresh_token":"abc","device_id":"D"}', '{"refresh_token":"[secret]","device_id":"D"}'],
    ['{\\"password\\": \\"pw\\"}', '{\\"password\\": \\"[secret]\\"}'],
    ['{\\\\\\"password\\\\\\":\\\\\\"pw\\\\\\"}', '{\\\\\\"password\\\\\\":\\\\\\"[secret]\\\\\\"}'],
    ['Authorization: Bearer syt_abc.d-e~f+g/h=', 'Authorization: Bearer [secret]'],
    ['authorization: bearer abc', 'authorization: bearer [secret]'],
    ['Authorization: Basic bGVjdG9yOnB3', 'Authorization: Basic [secret]'],
    [
      '{"headers":{"Authorization":"Basic abc=","Accept":"a"}}',
      '{"headers":{"Authorization":"Basic [secret]","Accept":"a"}}',
    ],
    ['{"headers":{"authorization":"abc"}}', '{"headers":{"authorization":"[secret]"}}'],
    ['{"rawHeaders":["Authorization","abc","Accept","a"]}', '{"rawHeaders":["Authorization","[secret]","Accept","a"]}'],
    ['{"x-api-key":"abc"}', '{"x-api-key":"[secret]"}'],
    ['got a Bearer abc', 'got a Bearer [secret]'],
    [inspect({ access_token: 'abc', apiKey: 'def', n: 1 }), "{ access_token: '[secret]', apiKey: '[secret]', n: 1 }"],
    ['http://user:pw@gpu:8080/v1', 'http://user:[secret]@gpu:8080/v1'],
  ])('is known by its place: %s', (line, clean) => {
    expect(scrub(line)).toBe(clean);
  });

  test.each([
    ['M_UNKNOWN_TOKEN for syt_bGVjdG9y_abcdefghijklmnopqrst_1Xyz9a!', 'M_UNKNOWN_TOKEN for [secret]!'],
    ['mct_abcdefghijklmnopqrstuvwxyz_1Xyz9a', '[secret]'],
    ['Incorrect API key provided: sk-proj-abcdefghijklmnop.', 'Incorrect API key provided: [secret].'],
  ])('is known by its shape: %s', (line, clean) => {
    expect(scrub(line)).toBe(clean);
  });
});

test.each([
  'nothing at http://gpu:8080/v1 and mail a:b@c',
  '{"code":"password_needed","apiKey":null,"password":{"min":8},"n":1}',
  'MATRIX_PASSWORD is missing (or set MATRIX_ACCESS_TOKEN)',
  'the PDF is protected by a password, which nobody told',
  '{"inputTokens":900,"token":"s72594_4483"}',
])('what is none stays: %s', (line) => {
  expect(scrub(line)).toBe(line);
});

test('a line of JSON stays one', () => {
  const key = fc.constantFrom('password', 'access_token', 'authorization', 'apiKey', 'other');
  fc.assert(
    fc.property(fc.dictionary(key, fc.jsonValue()), (record) => {
      expect(() => JSON.parse(scrub(JSON.stringify(record)))).not.toThrow();
    }),
  );
});
