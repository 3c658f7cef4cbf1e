// What the login promises: one login, kept for its owner only, the same device after a lost token, and clear words on a refusal.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Login, MatrixConfig } from '../../../config/env.ts';
import { openSession, readSession, type Session } from '../../../src/matrix/session.ts';
import type { Playground } from '../../../src/playground/playground.ts';
import { createRecordingLog } from '../../fixtures/recordingLog.ts';
import { account, http, openPlayground } from '../playground/support.ts';

let playground: Playground;
let path: string;
beforeEach(async () => {
  playground = await openPlayground();
  const folder = mkdtempSync(join(tmpdir(), 'lector-session-'));
  path = join(folder, 'session.json');
  onTestFinished(() => rmSync(folder, { recursive: true }));
});

function config(login: Partial<Extract<Login, { kind: 'password' }>> = {}): MatrixConfig {
  const full: Login = { kind: 'password', user: 'lector', password: 'pw', ...login };
  return { homeserverUrl: playground.url, login: full, allowedUsers: null, allowedRooms: null };
}
const withToken = (accessToken: string): MatrixConfig => ({ ...config(), login: { kind: 'token', accessToken } });
const NOW_MS = 1_700_000_000_000;
const open = (settings = config(), nowMs = NOW_MS, signal?: AbortSignal) =>
  openSession(settings, path, createRecordingLog().log, { clock: () => nowMs, ...(signal && { signal }) });
/** From now on the homeserver never answers the endpoint; resolves when it was asked. */
function hangAt(endpoint: string): Promise<void> {
  const asked = Promise.withResolvers<void>();
  playground.faults.on((request) => {
    if (request.endpoint !== endpoint) return null;
    asked.resolve();
    return { kind: 'hang' };
  });
  return asked.promise;
}
const kept = () => JSON.parse(readFileSync(path, 'utf8')) as Session;
const logout = (session: Session) =>
  http(playground, 'v3/logout', { method: 'POST', token: session.accessToken, json: {} });

describe('a first start', () => {
  test('logs in and keeps the login where only its owner can read it', async () => {
    playground.addUser('lector', 'pw');
    const session = await open();
    expect(session).toMatchObject({ homeserverUrl: playground.url, userId: '@lector:playground' });
    expect(kept()).toEqual(session);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('with a wrong password says which setting to check, in one line and without the password', async () => {
    playground.addUser('lector', 'pw');
    const wrong = config({ password: 'wr0ng' });
    const failed = open(wrong);
    await expect(failed).rejects.toMatchObject({
      code: 'login_failed',
      message: `${playground.url} refused the login (Invalid username or password): check MATRIX_USER or MATRIX_PASSWORD`,
    });
    expect(readSession(wrong, path)).toBeNull();
  });

  test('with an access token needs no password', async () => {
    const { token, userId } = await account(playground, 'lector');
    expect(await open(withToken(token))).toMatchObject({ userId, accessToken: token });
    expect(playground.stats.count('login')).toBe(1);
  });

  test('with a wrong access token says so', async () => {
    const message = expect.stringContaining('check MATRIX_ACCESS_TOKEN');
    await expect(open(withToken('nonsense'))).rejects.toMatchObject({ code: 'login_failed', message });
  });

  test('while the homeserver is away fails as an outage', async () => {
    await playground.stop();
    await expect(open()).rejects.toMatchObject({ code: 'homeserver_unavailable' });
  });

  test('that is stopped while the homeserver hangs at the login ends at once', async () => {
    playground.addUser('lector', 'pw');
    const asked = hangAt('login');
    const stopping = new AbortController();
    const opening = open(config(), NOW_MS, stopping.signal);
    await Promise.all([
      asked.then(() => stopping.abort(new Error('stopping'))),
      expect(opening).rejects.toThrow('stopping'),
    ]);
  });
});

describe('a later start', () => {
  let first: Session;
  beforeEach(async () => {
    playground.addUser('lector', 'pw');
    first = await open();
  });

  test.each(['lector', '@lector:playground'])('as %s takes up the kept login', async (user) => {
    expect(await open(config({ user }))).toEqual(first);
    expect(playground.stats.count('login')).toBe(1);
  });

  test('knows when the login was made', async () => {
    expect(first.loggedInAtMs).toBe(NOW_MS);
    expect((await open(config(), NOW_MS + 1)).loggedInAtMs).toBe(NOW_MS);
  });

  test('with a file of before that was kept takes it for a login made long ago', async () => {
    const { loggedInAtMs: _, ...older } = first;
    writeFileSync(path, JSON.stringify(older));
    expect(await open()).toEqual({ ...older, loggedInAtMs: 0 });
  });

  test('after the token was lost logs in as the same device', async () => {
    await logout(first);
    const second = await open(config(), NOW_MS + 1);
    expect(second.loggedInAtMs).toBe(NOW_MS + 1);
    expect(second.deviceId).toBe(first.deviceId);
    expect(second.accessToken).not.toBe(first.accessToken);
    expect(kept()).toEqual(second);
  });

  test('as another user logs in anew', async () => {
    playground.addUser('other', 'pw');
    const second = await open(config({ user: 'other' }));
    expect(second.userId).toBe('@other:playground');
    expect(second.deviceId).not.toBe(first.deviceId);
  });

  test('with a longer name that begins alike logs in anew', async () => {
    playground.addUser('lector2', 'pw');
    expect((await open(config({ user: 'lector2' }))).userId).toBe('@lector2:playground');
  });

  test('at another homeserver logs in anew', async () => {
    const other = await openPlayground();
    other.addUser('lector', 'pw');
    expect((await open({ ...config(), homeserverUrl: other.url })).homeserverUrl).toBe(other.url);
  });

  test('that is stopped while the homeserver hangs ends at once and keeps the login', async () => {
    const asked = hangAt('whoami');
    const stopping = new AbortController();
    const opening = open(config(), NOW_MS, stopping.signal);
    await Promise.all([
      asked.then(() => stopping.abort(new Error('stopping'))),
      expect(opening).rejects.toThrow('stopping'),
    ]);
    expect(kept()).toEqual(first);
  });

  test('while the homeserver is away keeps the login', async () => {
    await playground.stop();
    await expect(open()).rejects.toMatchObject({ code: 'homeserver_unavailable' });
    expect(kept()).toEqual(first);
  });

  test.each(['{', '{"userId":7}', ''])('with a damaged file %o says what to do', async (text) => {
    writeFileSync(path, text);
    const message = `${path} is damaged: delete it, and Lector logs in anew`;
    await expect(open()).rejects.toMatchObject({ code: 'data_dir_unusable', message });
  });
});
