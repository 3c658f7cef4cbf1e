// Owns the endpoints about the user's own account: filters, profile, account data, push rules.
import type { Call, Endpoint } from './endpoint.ts';
import { forbidden, notFound } from './errors.ts';
import type { World } from './world.ts';

export function accountEndpoints(world: World): Endpoint[] {
  return [...filterEndpoints(world), ...profileEndpoints(world), ...accountDataEndpoints(world)];
}

function ownAccount({ accounts }: World, { session, param }: Call) {
  const account = accounts.find(session.userId);
  if (!account || param('userId') !== session.userId) throw forbidden('Cannot act for other users');
  return account;
}

function filterEndpoints(world: World): Endpoint[] {
  return [
    {
      name: 'createFilter',
      method: 'POST',
      path: '/_matrix/client/v3/user/:userId/filter',
      handle: async (call) => {
        const { filters } = ownAccount(world, call);
        const filter = await call.body();
        const known = filters.findIndex((other) => JSON.stringify(other) === JSON.stringify(filter));
        return { filter_id: String(known >= 0 ? known : filters.push(filter) - 1) };
      },
    },
    {
      name: 'getFilter',
      method: 'GET',
      path: '/_matrix/client/v3/user/:userId/filter/:filterId',
      handle: (call) => {
        const filter = ownAccount(world, call).filters[Number(call.param('filterId'))];
        if (!filter) throw notFound('No such filter');
        return filter;
      },
    },
  ];
}

function profileEndpoints(world: World): Endpoint[] {
  const profile = ({ param }: Call) => world.accounts.profile(param('userId'));
  return [
    { name: 'profile', method: 'GET', path: '/_matrix/client/v3/profile/:userId', handle: profile },
    {
      name: 'displayName',
      method: 'GET',
      path: '/_matrix/client/v3/profile/:userId/displayname',
      handle: (call) => ({ displayname: profile(call).displayname }),
    },
    {
      name: 'setDisplayName',
      method: 'PUT',
      path: '/_matrix/client/v3/profile/:userId/displayname',
      handle: async (call) => {
        const account = ownAccount(world, call);
        account.displayName = String((await call.body()).displayname);
        tellRooms(world, account.userId);
        return {};
      },
    },
    {
      name: 'setAvatar',
      method: 'PUT',
      path: '/_matrix/client/v3/profile/:userId/avatar_url',
      handle: async (call) => {
        const account = ownAccount(world, call);
        account.avatarUrl = String((await call.body()).avatar_url);
        tellRooms(world, account.userId);
        return {};
      },
    },
  ];
}

/** A changed profile shows in the member event of every room that the user is in. */
function tellRooms({ rooms, accounts }: World, userId: string): void {
  for (const room of rooms.joinedBy(userId)) {
    room.append({
      sender: userId,
      type: 'm.room.member',
      stateKey: userId,
      content: accounts.memberContent(userId, 'join'),
    });
  }
}

function accountDataEndpoints(world: World): Endpoint[] {
  const path = '/_matrix/client/v3/user/:userId/account_data/:type';
  return [
    {
      name: 'accountData',
      method: 'GET',
      path,
      handle: (call) => {
        const data = ownAccount(world, call).accountData.get(call.param('type'));
        if (!data) throw notFound('Account data not found');
        return data;
      },
    },
    {
      name: 'setAccountData',
      method: 'PUT',
      path,
      handle: async (call) => {
        const data = await call.body();
        ownAccount(world, call).accountData.set(call.param('type'), data);
        return {};
      },
    },
    { name: 'pushRules', method: 'GET', path: '/_matrix/client/v3/pushrules/', handle: () => ({ global: {} }) },
  ];
}
