// Owns a client of matrix-bot-sdk on the key server in memory: the real CryptoClient and RustEngine, without HTTP.
import { createRequire } from 'node:module';
import { LogService, MatrixClient, RustSdkCryptoStorageProvider } from 'matrix-bot-sdk';
import { onTestFinished } from 'vitest';
import type { OlmMachine } from '../../index.ts';
import { type OutgoingRequest, RequestType } from '../../index.ts';
import type { KeyServer } from './keyServer.ts';
import { ROOM } from './member.ts';

const POSTS: [path: RegExp, type: number][] = [
  [/keys\/upload$/, RequestType.KeysUpload],
  [/keys\/query$/, RequestType.KeysQuery],
  [/keys\/claim$/, RequestType.KeysClaim],
];

/** The number of bot-sdk's store type: it imports a `const enum`, so that the name is undefined at run time. */
const SQLITE = 0;

function toRequest(path: string, body: object): OutgoingRequest {
  const [, eventType, txnId] = /sendToDevice\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
  const json = JSON.stringify(body);
  if (eventType && txnId) {
    return { id: txnId, txnId, eventType: decodeURIComponent(eventType), type: RequestType.ToDevice, body: json };
  }
  const type = POSTS.find(([pattern]) => pattern.test(path))?.[1];
  if (type === undefined) throw new Error(`no such endpoint: ${path}`);
  return { id: 'x', type, body: json } as OutgoingRequest;
}

const silent = { info() {}, warn() {}, error() {}, debug() {}, trace() {} };

export type BotSdkOptions = { members: string[]; rotationMessages?: number; storePath: string };

/** A client whose crypto is prepared, in one room of `members`. */
export async function createBotSdkClient(server: KeyServer, userId: string, deviceId: string, options: BotSdkOptions) {
  LogService.setLogger(silent);
  const client = new MatrixClient(
    'http://localhost',
    'token',
    null as never,
    new RustSdkCryptoStorageProvider(options.storePath, SQLITE),
  );
  const access = server.access(userId, deviceId);
  client.getUserId = async () => userId;
  client.getWhoAmI = async () => ({ user_id: userId, device_id: deviceId });
  client.getJoinedRoomMembers = async () => options.members;
  client.getRoomStateEvent = async (_room, type) => {
    if (type !== 'm.room.encryption') throw new Error('no such state');
    return { algorithm: 'm.megolm.v1.aes-sha2', rotation_period_msgs: options.rotationMessages ?? 100 };
  };
  client.doRequest = async (_method, path, _query, body) => JSON.parse(await access.send(toRequest(path, body)));
  const { crypto } = client;
  await crypto.prepare([ROOM]);
  const { engine } = crypto as unknown as {
    engine: { machine: OlmMachine; addTrackedUsers(users: string[]): Promise<void> };
  };
  onTestFinished(() => engine.machine.close());

  async function sync(): Promise<void> {
    const { toDeviceEvents, changedUsers, leftUsers, oneTimeKeyCounts, unusedFallbackKeys } = access.sync();
    await crypto.updateSyncData(
      toDeviceEvents as never,
      oneTimeKeyCounts as never,
      (unusedFallbackKeys ?? []) as never,
      [...changedUsers],
      [...leftUsers],
    );
  }
  await sync();
  return { client, crypto, engine, sync };
}

/** The package as matrix-bot-sdk itself has it. */
export const asRequired = () => createRequire(import.meta.url)('@matrix-org/matrix-sdk-crypto-nodejs') as object;
