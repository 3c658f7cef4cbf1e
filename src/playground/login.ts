// Owns the endpoints for coming in and going out: login, register, whoami, logout.
import type { Endpoint } from './endpoint.ts';
import { badRequest, MatrixFailure } from './errors.ts';
import { type Content, isObject } from './events.ts';
import type { World } from './world.ts';

export function loginEndpoints(world: World): Endpoint[] {
  const { accounts } = world;
  return [
    {
      name: 'loginFlows',
      method: 'GET',
      path: '/_matrix/client/v3/login',
      open: true,
      handle: () => ({ flows: [{ type: 'm.login.password' }] }),
    },
    {
      name: 'login',
      method: 'POST',
      path: '/_matrix/client/v3/login',
      open: true,
      handle: async ({ body }) => {
        const given = await body();
        if (given.type !== 'm.login.password') throw badRequest('M_UNKNOWN', `Unknown login type ${given.type}`);
        const account = accounts.checkPassword(userIn(given), given.password);
        return sessionAnswer(world, account.userId, given);
      },
    },
    {
      name: 'register',
      method: 'POST',
      path: '/_matrix/client/v3/register',
      open: true,
      handle: async ({ body }) => {
        const given = await body();
        if (!isObject(given.auth)) throw dummyStageNeeded();
        const account = accounts.add(String(given.username), String(given.password));
        if (given.inhibit_login === true) return { user_id: account.userId, home_server: world.serverName };
        return sessionAnswer(world, account.userId, given);
      },
    },
    {
      name: 'whoami',
      method: 'GET',
      path: '/_matrix/client/v3/account/whoami',
      handle: ({ session }) => ({ user_id: session.userId, is_guest: false, device_id: session.deviceId }),
    },
    {
      name: 'logout',
      method: 'POST',
      path: '/_matrix/client/v3/logout',
      handle: ({ session }) => {
        accounts.closeSession(session.token);
        return {};
      },
    },
  ];
}

/** The user of a login body: `identifier` as the specification has it, or the older `user`. */
function userIn(given: Content): string {
  const user = isObject(given.identifier) ? given.identifier.user : given.user;
  if (typeof user !== 'string') throw badRequest('M_MISSING_PARAM', "Missing parameter 'user'");
  return user;
}

function sessionAnswer({ accounts, serverName }: World, userId: string, given: Content): Content {
  const deviceId = typeof given.device_id === 'string' ? given.device_id : undefined;
  const session = accounts.openSession(userId, deviceId);
  return {
    user_id: userId,
    access_token: session.token,
    home_server: serverName,
    device_id: session.deviceId,
  };
}

/** Open registration still asks for one empty stage: https://spec.matrix.org/v1.11/client-server-api/#dummy-auth */
function dummyStageNeeded(): MatrixFailure {
  const failure = new MatrixFailure(401, 'M_FORBIDDEN', 'Registration needs a stage of authentication', {
    body: { session: 'playground', flows: [{ stages: ['m.login.dummy'] }], params: {} },
  });
  // A 401 that asks for a stage carries no error code, or clients take it for a refusal.
  delete failure.body.errcode;
  delete failure.body.error;
  return failure;
}
