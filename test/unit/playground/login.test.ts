// Owns the tests of coming in: login, register, tokens.
import { expect, test } from 'vitest';
import { account, http, openPlayground } from './support.ts';

const passwordLogin = (user: string, password: string, more: object = {}) => ({
  method: 'POST',
  json: { type: 'm.login.password', identifier: { type: 'm.id.user', user }, password, ...more },
});

test('a member logs in with the name alone or with the full user id, and keeps the device that was asked for', async () => {
  const playground = await openPlayground({ serverName: 'example.org' });
  playground.addUser('anna', 'secret');
  const byName = await http(playground, 'v3/login', passwordLogin('anna', 'secret', { device_id: 'DESK' }));
  const byId = await http(playground, 'v3/login', passwordLogin('@anna:example.org', 'secret', { device_id: 'PHONE' }));
  expect(byName.body).toMatchObject({ user_id: '@anna:example.org', device_id: 'DESK' });
  expect(byId.body).toMatchObject({ user_id: '@anna:example.org', device_id: 'PHONE' });
  const whoami = await http(playground, 'v3/account/whoami', { token: byName.body.access_token });
  expect(whoami.body).toEqual({ user_id: '@anna:example.org', is_guest: false, device_id: 'DESK' });
});

test('a wrong password and an unknown user are refused alike', async () => {
  const playground = await openPlayground();
  playground.addUser('anna', 'secret');
  const refused = { errcode: 'M_FORBIDDEN', error: 'Invalid username or password' };
  const wrong = await http(playground, 'v3/login', passwordLogin('anna', 'guess'));
  const unknown = await http(playground, 'v3/login', passwordLogin('bob', 'guess'));
  expect([wrong.status, wrong.body]).toEqual([403, refused]);
  expect([unknown.status, unknown.body]).toEqual([403, refused]);
});

test('logging in again on the same device ends the older token', async () => {
  const playground = await openPlayground();
  playground.addUser('anna', 'secret');
  const login = passwordLogin('anna', 'secret', { device_id: 'DESK' });
  const first = await http(playground, 'v3/login', login);
  await http(playground, 'v3/login', login);
  const whoami = await http(playground, 'v3/account/whoami', { token: first.body.access_token });
  expect([whoami.status, whoami.body.errcode]).toEqual([401, 'M_UNKNOWN_TOKEN']);
});

test('after logging out the token is unknown; without one it is missing', async () => {
  const playground = await openPlayground();
  const { token } = await account(playground, 'anna');
  await http(playground, 'v3/logout', { method: 'POST', token });
  const after = await http(playground, 'v3/sync', { token });
  const without = await http(playground, 'v3/sync');
  expect([after.status, after.body.errcode]).toEqual([401, 'M_UNKNOWN_TOKEN']);
  expect([without.status, without.body.errcode]).toEqual([401, 'M_MISSING_TOKEN']);
});

test('registering asks for the dummy stage, then opens the account, once', async () => {
  const playground = await openPlayground();
  const wish = { username: 'anna', password: 'secret' };
  const asked = await http(playground, 'v3/register', { method: 'POST', json: wish });
  expect([asked.status, asked.body.flows]).toEqual([401, [{ stages: ['m.login.dummy'] }]]);
  const json = { ...wish, auth: { type: 'm.login.dummy', session: asked.body.session } };
  const opened = await http(playground, 'v3/register', { method: 'POST', json });
  expect([opened.status, opened.body.user_id]).toEqual([200, '@anna:playground']);
  const again = await http(playground, 'v3/register', { method: 'POST', json });
  expect([again.status, again.body.errcode]).toEqual([400, 'M_USER_IN_USE']);
});

test('what is no endpoint and what is no JSON is answered as Synapse does', async () => {
  const playground = await openPlayground();
  const nowhere = await http(playground, 'v3/teapot');
  const garbage = await http(playground, 'v3/login', { method: 'POST', text: '{"type":' });
  expect([nowhere.status, nowhere.body.errcode]).toEqual([404, 'M_UNRECOGNIZED']);
  expect([garbage.status, garbage.body.errcode]).toEqual([400, 'M_NOT_JSON']);
});
