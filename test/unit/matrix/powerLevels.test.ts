// Who may change a room's settings: as the room's power levels say, and those who made the room since version 12.
import fc from 'fast-check';
import type { MatrixClient } from 'matrix-bot-sdk';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../../src/domain/errors.ts';
import { askWhetherAdmin } from '../../../src/matrix/powerLevels.ts';
import { away, limited } from './sendingSupport.ts';

const refused = (status: number) =>
  new AppError('homeserver_refused', `${status}`, { cause: { status, errcode: 'M_X', error: '' } });
const GONE = refused(404);

/** What the homeserver says of whether anna is an admin; `create` is told with its sender unless `asContent`. */
async function annaIn(levels: unknown, create: unknown, asContent = false) {
  const doRequest = async (_method: string, path: string) => {
    const answer = path.endsWith('power_levels') ? levels : create;
    if (answer instanceof Error) throw answer;
    return asContent ? answer : { sender: '@anna:here', content: answer };
  };
  return askWhetherAdmin({ doRequest } as unknown as MatrixClient, '!papers:here', '@anna:here');
}
const made = (version: unknown, more: object = {}) => ({ room_version: version, ...more });

describe('by the levels', () => {
  test.each<[string, object, string]>([
    ['50 where nothing else is said', { users: { '@anna:here': 50 } }, 'yes'],
    ['49 where nothing else is said', { users: { '@anna:here': 49 } }, 'no'],
    ['less than the room asks for', { users: { '@anna:here': 50 }, state_default: 75 }, 'no'],
    ['as much as the room asks for', { users: { '@anna:here': 20 }, state_default: 20 }, 'yes'],
    ['what everybody has, where that is enough', { users_default: 50 }, 'yes'],
    ['what everybody has, where that is not enough', { users: { '@ben:here': 100 } }, 'no'],
    ['an own level below everybody’s', { users: { '@anna:here': 0 }, users_default: 100 }, 'no'],
    ['levels as strings, as old rooms have them', { users: { '@anna:here': '50' }, state_default: ' 50' }, 'yes'],
    ['levels that are none', { users: { '@anna:here': 'much' }, users_default: null, state_default: {} }, 'no'],
    ['users that are none', { users: ['@anna:here'] }, 'no'],
  ])('with %s', async (_what, levels, is) => {
    expect(await annaIn(levels, made('11'))).toBe(is);
    expect(await annaIn(levels, made('11', { creator: '@anna:here' }), true)).toBe(is);
  });
});

describe('who made the room', () => {
  test('may where there are no levels, and nobody else', async () => {
    expect(await annaIn(GONE, made('11'))).toBe('yes');
    expect(await annaIn(GONE, made('6', { creator: '@anna:here' }), true)).toBe('yes');
    expect(await annaIn(GONE, made('6', { creator: '@ben:here' }), true)).toBe('no');
    expect(await annaIn(GONE, GONE)).toBe('no');
  });

  test.each([
    ['12', 'yes'],
    ['13', 'yes'],
    ['11', 'no'],
    ['org.example.12', 'no'],
    [undefined, 'no'],
  ])('in version %s, without a level: %s', async (version, is) => {
    expect(await annaIn({ users: {} }, made(version))).toBe(is);
  });

  test('together with others are these, too, since version 12', async () => {
    const others = made('12', { additional_creators: ['@anna:here'] });
    expect(await annaIn({ users: {} }, others, true)).toBe('yes');
    expect(await annaIn({ users: {} }, made('12', { additional_creators: '@anna:here' }), true)).toBe('no');
  });
});

test('what cannot be made a text names nobody', async () => {
  const nameless = { toString: 1 };
  expect(await annaIn({ users: {} }, made('12', { additional_creators: [nameless, '@anna:here'] }), true)).toBe('yes');
  expect(await annaIn(GONE, { creator: nameless, room_version: nameless }, true)).toBe('no');
});

describe('it is unknown', () => {
  test.each([refused(403), away(), limited(100)])('when the homeserver answers %o', async (error) => {
    expect(await annaIn(error, made('11'))).toBe('unknown');
    expect(await annaIn({}, error)).toBe('unknown');
  });

  test('but not when the bot stops meanwhile: the command comes again', async () => {
    const stopped = new DOMException('stopped', 'AbortError');
    await expect(annaIn(stopped, {})).rejects.toBe(stopped);
  });
});

test('any JSON as levels and creation is reckoned with', async () => {
  const some = fc.oneof(
    fc.record({ users: fc.jsonValue(), users_default: fc.jsonValue(), state_default: fc.jsonValue() }),
    fc.jsonValue(),
  );
  await fc.assert(
    fc.asyncProperty(some, fc.jsonValue(), fc.boolean(), async (levels, create, asContent) => {
      expect(await annaIn(levels, create, asContent)).toMatch(/yes|no/);
    }),
  );
});
