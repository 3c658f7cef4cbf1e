// What every request to the homeserver promises: each failure comes as a typed error that says whether waiting helps.
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { AppError } from '../../../src/domain/errors.ts';
import { createClient } from '../../../src/matrix/client.ts';
import { failureOf, refusalOf, withSignal } from '../../../src/matrix/http.ts';
import type { Playground } from '../../../src/playground/playground.ts';
import { openPlayground } from '../playground/support.ts';

const failure = (status: number, body: unknown, headers: Record<string, string> = {}) => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return failureOf(new Response(null, { status, headers }), text);
};

describe('an answer that is an error', () => {
  test.each([
    [403, { errcode: 'M_FORBIDDEN', error: 'no' }, 'homeserver_refused'],
    [401, { errcode: 'M_UNKNOWN_TOKEN' }, 'homeserver_refused'],
    [400, { errcode: 'M_BAD_JSON' }, 'homeserver_refused'],
    [413, '<html>too large</html>', 'homeserver_refused'],
    [403, '<html>a proxy says no</html>', 'homeserver_unavailable'],
    [404, '', 'homeserver_unavailable'],
    [408, 'null', 'homeserver_unavailable'],
    [302, '', 'homeserver_unavailable'],
    [500, { errcode: 'M_UNKNOWN' }, 'homeserver_unavailable'],
    [502, '<html>bad gateway</html>', 'homeserver_unavailable'],
    [503, {}, 'homeserver_unavailable'],
    [429, { errcode: 'M_LIMIT_EXCEEDED' }, 'homeserver_rate_limited'],
    [429, '<html>slow down</html>', 'homeserver_rate_limited'],
  ])('of status %i with %o is %s', (status, body, code) => {
    expect(failure(status, body)).toMatchObject({ code });
  });

  test('that refuses keeps what the homeserver said', () => {
    const refusal = { status: 403, errcode: 'M_FORBIDDEN', error: 'You are banned' };
    expect(refusalOf(failure(403, refusal))).toEqual(refusal);
    expect(failure(403, refusal).message).toBe('403 M_FORBIDDEN You are banned');
  });

  test('of another kind is no refusal', () => {
    expect(refusalOf(failure(502, ''))).toBeNull();
    expect(refusalOf(new Error('something'))).toBeNull();
  });

  test('with a text of any shape is read', () => {
    for (const body of ['{"errcode":{"toString":1}}', '[]', '7', '"x"', '{"errcode":null}']) {
      expect(failure(400, body)).toBeInstanceOf(AppError);
    }
  });
});

describe('how long a 429 asks to wait', () => {
  test.each<[object, Record<string, string>, number | undefined]>([
    [{ retry_after_ms: 1_500 }, {}, 1_500],
    [{}, { 'retry-after': '3' }, 3_000],
    [{ retry_after_ms: 1_500 }, { 'retry-after': '3' }, 3_000],
    [{ retry_after_ms: 9_000 }, { 'retry-after': '3' }, 9_000],
    [{}, { 'retry-after': '0' }, 0],
    [{ retry_after_ms: 1e13 }, {}, 3_600_000],
    [{}, { 'retry-after': 'soon' }, undefined],
    [{ retry_after_ms: '7' }, {}, undefined],
    [{ retry_after_ms: -5 }, {}, undefined],
    [{}, {}, undefined],
  ])('body %o and headers %o: %s ms', (body, headers, expected) => {
    expect(failure(429, body, headers).retryAfterMs).toBe(expected);
  });

  test('may be told as a date', () => {
    vi.useFakeTimers({ now: Date.UTC(2026, 0, 1, 12, 0, 0) });
    const header = { 'retry-after': 'Thu, 01 Jan 2026 12:00:10 GMT' };
    expect(failure(429, {}, header).retryAfterMs).toBe(10_000);
    vi.useRealTimers();
  });
});

describe('a request', () => {
  let playground: Playground;
  beforeEach(async () => {
    playground = await openPlayground();
  });
  const VERSIONS = '/_matrix/client/versions';
  const versions = (timeoutMs?: number) =>
    createClient(playground.url, 'secret-token').doRequest(
      'GET',
      VERSIONS,
      { since: 'a b&c', none: null },
      null,
      timeoutMs,
    );

  test('gives the JSON of the answer', async () => {
    expect(await versions()).toHaveProperty('versions');
  });

  test('to something that answers HTML says that this may be no homeserver', async () => {
    playground.faults.on(() => ({ kind: 'status', status: 200, html: '<html>hello</html>' }));
    await expect(versions()).rejects.toMatchObject({
      code: 'homeserver_unavailable',
      message: expect.stringMatching(/answered no JSON but text\/html.*is it a homeserver\?/),
    });
  });

  test('that gets no answer in time says so', async () => {
    playground.faults.on(() => ({ kind: 'hang' }));
    await expect(versions(50)).rejects.toMatchObject({
      code: 'homeserver_unavailable',
      message: 'no answer within 50 ms',
    });
  });

  test('whose connection breaks says that the homeserver cannot be reached', async () => {
    playground.faults.on(() => ({ kind: 'lostAnswer' }));
    await expect(versions()).rejects.toMatchObject({
      code: 'homeserver_unavailable',
      message: expect.stringContaining('the homeserver cannot be reached'),
    });
  });

  test('to a homeserver that is down says so', async () => {
    await playground.stop();
    await expect(versions()).rejects.toMatchObject({ code: 'homeserver_unavailable' });
  });

  test('ends with the signal it runs under, and with its reason', async () => {
    const stopping = new AbortController();
    playground.faults.on(() => {
      stopping.abort(new Error('stopping'));
      return { kind: 'hang' };
    });
    await expect(withSignal(stopping.signal, () => versions())).rejects.toThrow('stopping');
  });

  test('that the homeserver limits is told to the meter of its account', async () => {
    const limited: string[] = [];
    const meterOf = (name: string) => ({ homeserverLimited: () => void limited.push(name) });
    const [one, other] = ['one', 'other'].map((name) => createClient(playground.url, 'token', meterOf(name)));
    await other?.doRequest('GET', VERSIONS);
    playground.faults.on(() => ({ kind: 'status', status: 429, body: { errcode: 'M_LIMIT_EXCEEDED' } }));
    await expect(one?.doRequest('GET', VERSIONS)).rejects.toMatchObject({ code: 'homeserver_rate_limited' });
    expect(limited).toEqual(['one']);
  });

  test('never shows the token in an error', async () => {
    playground.faults.on(() => ({ kind: 'status', status: 403, body: { errcode: 'M_FORBIDDEN', error: 'no' } }));
    const error = await versions().catch((thrown: AppError) => thrown);
    expect(`${error.message} ${error.stack} ${JSON.stringify(error)}`).not.toContain('secret-token');
  });
});
