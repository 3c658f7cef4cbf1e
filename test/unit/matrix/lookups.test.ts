// What is asked while a sync is read: a refusal is an answer, an outage is waited for, and nothing is waited for without end.
import type { MatrixClient } from 'matrix-bot-sdk';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../../src/domain/errors.ts';
import { createLookups } from '../../../src/matrix/lookups.ts';
import { createRecordingLog } from '../../fixtures/recordingLog.ts';
import { away, limited } from './sendingSupport.ts';

const refused = (status: number, errcode: string) =>
  new AppError('homeserver_refused', `${status}`, { cause: { status, errcode, error: '' } });

/** Lookups on a homeserver that answers what the test lists, the last of it again and again. */
function on(...answers: unknown[]) {
  const paths: string[] = [];
  const doRequest = async (_method: string, path: string) => {
    paths.push(path);
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const { log, records } = createRecordingLog();
  const lookups = createLookups({ doRequest } as unknown as MatrixClient, '@lector:here', log);
  return { lookups, paths, records };
}

describe('an event', () => {
  test('is asked for by its room and id', async () => {
    const { lookups, paths } = on({ event_id: '$e/1', type: 'm.room.message' });
    expect(await lookups.event('!papers:here', '$e/1')).toEqual({ event_id: '$e/1', type: 'm.room.message' });
    expect(paths).toEqual(['/_matrix/client/v3/rooms/!papers%3Ahere/event/%24e%2F1']);
  });

  test.each([refused(404, 'M_NOT_FOUND'), refused(403, 'M_FORBIDDEN'), refused(400, 'M_UNKNOWN')])(
    'that the homeserver refuses (%o) is not there',
    async (error) => {
      expect(await on(error).lookups.event('!r:h', '$e')).toBeNull();
    },
  );

  test.each(['text', 7, []])('that is %o is an empty one', async (answer) => {
    expect(await on(answer).lookups.event('!r:h', '$e')).toEqual({});
  });

  test('is waited for while the homeserver is away, and comes when it is back', async () => {
    const { lookups } = on(away(), away(), { type: 'm.room.message' });
    await expect(lookups.event('!r:h', '$e')).rejects.toMatchObject({ code: 'homeserver_unavailable' });
    await expect(lookups.event('!r:h', '$e')).rejects.toMatchObject({ code: 'homeserver_unavailable' });
    expect(await lookups.event('!r:h', '$e')).toEqual({ type: 'm.room.message' });
  });

  test('that fails six times is passed over and logged, and others have their own six', async () => {
    const { lookups, records } = on(away());
    for (let n = 0; n < 5; n += 1) await expect(lookups.event('!r:h', '$broken')).rejects.toThrow();
    await expect(lookups.event('!r:h', '$other')).rejects.toThrow();
    expect(await lookups.event('!r:h', '$broken')).toBeNull();
    expect(records.filter(({ level }) => level === 'warn')).toHaveLength(1);
    await expect(lookups.event('!r:h', '$other')).rejects.toThrow();
  });

  test('is waited for as long as the homeserver limits', async () => {
    const { lookups } = on(limited(100));
    for (let n = 0; n < 8; n += 1) {
      await expect(lookups.event('!r:h', '$e')).rejects.toMatchObject({ code: 'homeserver_rate_limited' });
    }
  });

  test.each([refused(401, 'M_UNKNOWN_TOKEN'), new DOMException('stopped', 'AbortError')])(
    'is not given up when the login ends or the bot stops (%o)',
    async (error) => {
      const { lookups } = on(error);
      for (let n = 0; n < 7; n += 1) await expect(lookups.event('!r:h', '$e')).rejects.toBe(error);
    },
  );
});

describe('the bot’s display name', () => {
  test('that the homeserver fails at is waited for once, then none, and asked for again by each sync', async () => {
    const { lookups, paths, records } = on(...Array.from({ length: 7 }, away), { displayname: 'Reader' });
    for (let n = 0; n < 5; n += 1) await expect(lookups.displayName()).rejects.toThrow();
    expect([await lookups.displayName(), await lookups.displayName()]).toEqual([null, null]);
    expect([await lookups.displayName(), await lookups.displayName()]).toEqual(['Reader', 'Reader']);
    expect(paths).toHaveLength(8);
    expect(records.filter(({ level }) => level === 'warn')).toHaveLength(1);
  });

  test('that the homeserver does not want to say is asked for again', async () => {
    const { lookups } = on(refused(403, 'M_USER_SUSPENDED'), { displayname: 'Reader' });
    expect([await lookups.displayName(), await lookups.displayName()]).toEqual([null, 'Reader']);
  });

  test('is asked for once, and again after a change', async () => {
    const { lookups, paths } = on({ displayname: 'Reader' }, { displayname: 'Papers' });
    expect([await lookups.displayName(), await lookups.displayName()]).toEqual(['Reader', 'Reader']);
    expect(paths).toEqual(['/_matrix/client/v3/profile/%40lector%3Ahere/displayname']);
    lookups.forgetDisplayName();
    expect(await lookups.displayName()).toBe('Papers');
  });

  test.each([{}, { displayname: null }, refused(404, 'M_NOT_FOUND')])(
    'that is not there (%o) is none',
    async (answer) => {
      const { lookups, paths } = on(answer);
      expect([await lookups.displayName(), await lookups.displayName()]).toEqual([null, null]);
      expect(paths).toHaveLength(1);
    },
  );
});
