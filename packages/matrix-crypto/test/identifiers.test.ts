// Identifiers: what is one, what is told of it, and that an odd one keeps nobody else from being served.
import { describe, expect, test } from 'vitest';
import { DeviceId, OlmMachine, RequestType, RoomId, ServerName, UserId } from '../index.ts';

const refused = expect.objectContaining({ name: 'CryptoError', code: 'invalid_identifier' });

describe('an identifier', () => {
  test('is its string', () => {
    const strings = [new UserId('@a:b'), new DeviceId('DEVICE'), new RoomId('!a:b'), new RoomId('!opaque')].map(String);
    expect(strings).toEqual(['@a:b', 'DEVICE', '!a:b', '!opaque']);
  });

  test.each(['', 'a:b', '@', '@a', '@a:', 'a@b:c', '!a:b'])('%j is no user', (id) => {
    expect(() => new UserId(id)).toThrow(refused);
  });

  test.each(['', 'a:b', '!', '#a:b'])('%j is no room', (id) => {
    expect(() => new RoomId(id)).toThrow(refused);
  });

  test.each([undefined, null, 5, {}])('%j is none at all', (id) => {
    expect(() => new UserId(id as never)).toThrow(refused);
    expect(() => new RoomId(id as never)).toThrow(refused);
  });

  test("of a user has the user's name and server", () => {
    const user = new UserId('@ann:example.org:8448');
    expect([user.localpart, user.serverName.host, user.serverName.port]).toEqual(['ann', 'example.org', 8448]);
    expect([user.isHistorical(), new UserId('@Ann Müller:b').isHistorical()]).toEqual([false, true]);
  });

  test.each([
    ['example.org', 'example.org', null, false],
    ['127.0.0.1:80', '127.0.0.1', 80, true],
    ['[::1]', '[::1]', null, true],
    ['[::1]:8008', '[::1]', 8008, true],
  ])('of a server, %s, has its parts', (name, host, port, isIpLiteral) => {
    const server = new ServerName(name);
    expect([server.host, server.port, server.isIpLiteral()]).toEqual([host, port, isIpLiteral]);
  });

  test('that is none does not keep other users from being asked for', async () => {
    const machine = await OlmMachine.initialize('@a:b', 'A');
    await machine.updateTrackedUsers(['nobody', '@carol:example.org']);
    const query = (await machine.outgoingRequests()).find(({ type }) => type === RequestType.KeysQuery);
    expect(JSON.parse(query?.body ?? '').device_keys).toEqual({ '@carol:example.org': [] });
    await machine.close();
  });

  test('that is none is refused where it stands alone', async () => {
    await expect(OlmMachine.initialize('nobody', 'A')).rejects.toMatchObject({ code: 'invalid_identifier' });
    const machine = await OlmMachine.initialize('@a:b', 'A');
    await expect(machine.decryptRoomEvent('{}', 'no room')).rejects.toMatchObject({ code: 'invalid_identifier' });
    await machine.close();
  });
});
