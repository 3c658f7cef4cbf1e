// Owns the exchange of keys with a homeserver, in the order that the protocol needs: what matrix-bot-sdk's RustEngine does, without
// its races, and with the requests that it cannot send.
import type { CrossSigningSeeds } from './crossSigningKeys.ts';
import { RequestType } from './enums.ts';
import type { Id, RoomId } from './identifiers.ts';
import type { OlmMachine } from './machine.ts';
import type { KeysQueryRequest, OutgoingRequest } from './requests.ts';
import { DeviceLists, type EncryptionSettings } from './settings.ts';
import { Turns } from './turns.ts';

/** Sends a request (see `toHttpRequest`) and returns the homeserver's answer as JSON; rejects when it was not taken. */
export type SendRequest = (request: OutgoingRequest) => Promise<string>;

/** The parts of a sync that concern keys, as they stand in it. */
export type KeySync = {
  readonly toDeviceEvents: readonly unknown[];
  readonly changedUsers: readonly string[];
  readonly leftUsers: readonly string[];
  readonly oneTimeKeyCounts: Readonly<Record<string, number>>;
  readonly unusedFallbackKeys: readonly string[] | undefined;
};

export type EventToEncrypt = {
  readonly roomId: RoomId | string;
  /** Who may read it: the members that the room's history visibility allows. */
  readonly users: readonly Id[];
  readonly settings: EncryptionSettings;
  readonly type: string;
  readonly content: object;
};

export type KeyTraffic = {
  /** Takes a sync in, in order; the requests that follow from it are `sendRequests`'s. Returns the to-device events. */
  receive(sync: KeySync): Promise<unknown[]>;
  /**
   * Follows the devices of `users` from now on: with whom an encrypted room is shared must be followed, or what they say comes
   * from a device of which nothing is known. They are asked for with the next requests.
   */
  follow(users: readonly Id[]): Promise<void>;
  /** Sends all that the machine wants sent. */
  sendRequests(): Promise<void>;
  /** The content of the `m.room.encrypted` event; whoever may read it has been sent the key by then. */
  encrypt(event: EventToEncrypt): Promise<Record<string, unknown>>;
  /** Asks for the devices and identities of `users` now, due or not. */
  refresh(users: readonly Id[]): Promise<void>;
  /**
   * Makes this account's cross-signing keys (anew where `reset`) and signs this device. `uploadSigningKeys` posts its JSON to
   * `/_matrix/client/v3/keys/device_signing/upload`, with the password where the homeserver asks for it. Returns the seeds, to
   * be kept as a secret. Can be repeated after a failure: without `reset` the same keys are used.
   */
  startCrossSigning(uploadSigningKeys: (body: string) => Promise<void>, reset?: boolean): Promise<CrossSigningSeeds>;
  /**
   * Brings the account's seeds to this device and signs it; false where the account has no published identity, so that there is
   * nothing to join. Throws `invalid_seeds` for seeds of another identity.
   */
  joinCrossSigning(seeds: CrossSigningSeeds): Promise<boolean>;
};

/**
 * The key traffic of one machine. All sending goes through `send`, one request at a time; what it rejects with is the caller's.
 */
export function createKeyTraffic(machine: OlmMachine, send: SendRequest): KeyTraffic {
  const turns = new Turns();
  /** Device lists and one-time keys: wasm has one question and one claim under way, and forgets the one before. */
  const alone = <T>(work: () => Promise<T>) => turns.run('keys', work);

  const sendOne = async (request: OutgoingRequest) => {
    const answer = await send(request);
    // Requests without an id are not the machine's: nothing waits for their answer.
    if (request.id !== '') await machine.markRequestAsSent(request.id, request.type, answer);
  };
  const sendAll = async (requests: readonly OutgoingRequest[]) => {
    for (const request of requests) await sendOne(request);
  };
  const isQuery = (request: OutgoingRequest): request is KeysQueryRequest => request.type === RequestType.KeysQuery;

  const openSessions = (users: readonly Id[]) =>
    alone(async () => {
      await machine.updateTrackedUsers([...users]);
      if (!machine.knowsDevicesOf(users)) await sendAll((await machine.allRequests()).filter(isQuery));
      const claim = await machine.getMissingSessions([...users]);
      if (claim) await sendOne(claim);
    });

  const publishOwnSignature = async () => {
    const signature = await machine.signDevice(machine.deviceId);
    if (signature) await sendOne(signature);
    await refresh([machine.userId]);
  };

  async function refresh(users: readonly Id[]): Promise<void> {
    await alone(async () => sendOne(await machine.queryKeysForUsers([...users])));
  }

  return {
    refresh,
    receive: async (sync) => {
      const lists = new DeviceLists([...sync.changedUsers], [...sync.leftUsers]);
      const events = JSON.stringify(sync.toDeviceEvents);
      const fallback = sync.unusedFallbackKeys && [...sync.unusedFallbackKeys];
      return JSON.parse(await machine.receiveSyncChanges(events, lists, { ...sync.oneTimeKeyCounts }, fallback));
    },
    follow: (users) => machine.updateTrackedUsers([...users]),
    sendRequests: () =>
      alone(async () => {
        await sendAll(await machine.allRequests());
        const claim = await machine.getMissingSessions();
        if (claim) await sendOne(claim);
      }),
    encrypt: async ({ roomId, users, settings, type, content }) => {
      await openSessions(users);
      return turns.run(`room ${roomId}`, async () => {
        await sendAll(await machine.shareRoomKey(roomId, [...users], settings));
        return JSON.parse(await machine.encryptRoomEvent(roomId, type, JSON.stringify(content)));
      });
    },
    startCrossSigning: async (uploadSigningKeys, reset = false) => {
      await refresh([machine.userId]);
      const requests = await machine.bootstrapCrossSigning(reset);
      if (requests.uploadKeys) await sendOne(requests.uploadKeys);
      await uploadSigningKeys(requests.uploadSigningKeysBody);
      await sendOne(requests.uploadSignatures);
      await refresh([machine.userId]);
      return (await machine.exportCrossSigningKeys()) as CrossSigningSeeds;
    },
    joinCrossSigning: async (seeds) => {
      await refresh([machine.userId]);
      const status = await machine.importCrossSigningKeys(seeds);
      if (!status.hasMaster || !status.hasSelfSigning) return false;
      await publishOwnSignature();
      return true;
    },
  };
}
