// What doctor learns of a homeserver: its versions, whether the login works, and what the bot may not do in its rooms.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { MatrixConfig } from '../../../config/env.ts';
import { createCheckup, forbidden } from '../../../src/matrix/checkup.ts';
import { openSession } from '../../../src/matrix/session.ts';
import type { Playground } from '../../../src/playground/playground.ts';
import { createRecordingLog } from '../../fixtures/recordingLog.ts';
import { join as joinAs, openPlayground } from '../playground/support.ts';

const SELF = '@lector:here';

describe('what a room forbids', () => {
  test.each<[string, object, string[]]>([
    ['no levels at all: nothing', {}, []],
    ['the usual levels: nothing', { events_default: 0, users_default: 0, users: { '@anna:here': 100 } }, []],
    ['an announcement room: both', { events_default: 50 }, ['messages', 'reactions']],
    ['an announcement room where the bot may speak: nothing', { events_default: 50, users: { [SELF]: 50 } }, []],
    ['reactions for some only', { events: { 'm.reaction': 50 } }, ['reactions']],
    ['messages for all, the rest for some', { events_default: 50, events: { 'm.room.message': 0 } }, ['reactions']],
    ['a raised default of users: nothing', { events_default: 10, users_default: 10 }, []],
    ['a bot below the others', { users_default: 10, users: { [SELF]: -1 } }, ['messages', 'reactions']],
    ['levels of the wrong type count as their defaults', { events_default: '50', users: 7, events: null }, []],
  ])('%s', (_room, levels, cannot) => {
    expect(forbidden(levels as Record<string, unknown>, SELF)).toEqual(cannot);
  });
});

describe('a checkup', () => {
  let playground: Playground;
  let path: string;
  let config: MatrixConfig;
  beforeEach(async () => {
    playground = await openPlayground({ maxUploadBytes: 123_456 });
    const folder = mkdtempSync(join(tmpdir(), 'lector-checkup-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    path = join(folder, 'session.json');
    const login = { kind: 'password' as const, user: 'lector', password: 'lector-pw' };
    config = { homeserverUrl: playground.url, login, allowedUsers: null, allowedRooms: null };
  });

  test('ends the login that it made for itself', async () => {
    playground.addUser('lector', 'lector-pw');
    const checkup = createCheckup(config, path);
    expect(await checkup.versions()).toContain('v1.11');
    expect(await checkup.whoami()).toEqual({ userId: '@lector:playground', isKept: false });
    expect(await checkup.maxUploadBytes()).toBe(123_456);
    await checkup.close();
    expect(playground.stats.count('logout')).toBe(1);
  });

  test('leaves the kept login alone', async () => {
    playground.addUser('lector', 'lector-pw');
    await openSession(config, path, createRecordingLog().log);
    const checkup = createCheckup(config, path);
    expect(await checkup.whoami()).toMatchObject({ isKept: true });
    await checkup.close();
    expect(playground.stats.count('logout')).toBe(0);
  });

  test('names the rooms of the bot, which are encrypted, and what it may not do there', async () => {
    const bot = await joinAs(playground, 'lector');
    const anna = await joinAs(playground, 'anna');
    const plain = await anna.createRoom({ invite: [bot.userId] });
    const secret = await anna.createRoom({ invite: [bot.userId], encrypted: true });
    await anna.setState(plain, 'm.room.power_levels', { users: { [anna.userId]: 100 }, events_default: 50 });
    await bot.joinRoom(plain);
    await bot.joinRoom(secret);
    const checkup = createCheckup(config, path);
    await checkup.whoami();
    const rooms = await checkup.rooms();
    expect(rooms).toHaveLength(2);
    expect(rooms).toContainEqual({ roomId: plain, cannot: ['messages', 'reactions'], isEncrypted: false });
    expect(rooms).toContainEqual({ roomId: secret, cannot: [], isEncrypted: true });
  });
});
