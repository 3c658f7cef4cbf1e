// Owns the machine under the binding's names: what matrix-bot-sdk calls, and what a program needs besides.
import {
  type CrossSigningRequests,
  type CrossSigningSeeds,
  type CrossSigningStatus,
  takeBootstrap,
  takeSeeds,
  takeStatus,
} from './crossSigningKeys.ts';
import { type DecryptedRoomEvent, takeDecryptedEvent } from './decryptedEvent.ts';
import { type DeviceInfo, type IdentityInfo, takeDevice, takeIdentity } from './devices.ts';
import { type RequestType, type StoreType, TrustRequirement } from './enums.ts';
import { CryptoError } from './errors.ts';
import { DeviceId, type Id, type RoomId, toWasmId, UserId } from './identifiers.ts';
import type { LiveMachine } from './liveMachine.ts';
import { type MachineEvents, MachineListeners } from './machineEvents.ts';
import type { StoreOptions } from './opening.ts';
import { Outgoing } from './outgoing.ts';
import {
  type KeyRequest,
  type KeysClaimRequest,
  type KeysQueryRequest,
  type OtherRequest,
  type OutgoingRequest,
  type SignatureUploadRequest,
  type ToDeviceRequest,
  takeRequest,
} from './requests.ts';
import { RoomKeys } from './roomKeys.ts';
import type { DeviceLists, EncryptionSettings } from './settings.ts';
import { type IdentityKeys, Signatures, takeIdentityKeys } from './signatures.ts';
import { decryptionSettings, receive } from './syncChanges.ts';

/** Only `initialize` may make a machine: it has to wait for its store. */
const MAKING = Symbol('making');

/**
 * End-to-end encryption of one device. Every method that returns a promise may reject with a `CryptoError`: `closed` after
 * `close()`, `invalid_identifier`, else what is said there.
 */
export class OlmMachine {
  readonly #live: LiveMachine;
  readonly #outgoing: Outgoing;
  readonly #roomKeys: RoomKeys;
  readonly #listeners = new MachineListeners();
  readonly #identityKeys: IdentityKeys;
  readonly #userId: string;
  readonly #deviceId: string;

  constructor(making?: symbol, live?: LiveMachine) {
    if (making !== MAKING || !live) throw new CryptoError('failed', 'a machine is made by OlmMachine.initialize()');
    this.#live = live;
    this.#outgoing = new Outgoing(live);
    this.#roomKeys = new RoomKeys(live);
    this.#userId = live.machine.userId.toString();
    this.#deviceId = live.machine.deviceId.toString();
    this.#identityKeys = takeIdentityKeys(live.machine.identityKeys);
    this.#listeners.attach(live.machine);
  }

  /**
   * Opens the machine of a device. Its keys lie in the directory `storePath`, which is made where it is missing; without one
   * they are gone with the machine. `storePassphrase` seals them. `_storeType` is the native binding's and does not count.
   * Throws `store_in_use`, `store_unusable`, `store_rolled_back`, `wrong_passphrase`, `other_device`.
   */
  static async initialize(
    userId: Id,
    deviceId: Id,
    storePath?: string | null,
    storePassphrase?: string | null,
    _storeType?: StoreType | null,
    options: StoreOptions = {},
  ): Promise<OlmMachine> {
    // Not before it is needed: a program without encrypted rooms loads neither the store nor WebAssembly.
    const { openMachine } = await import('./opening.ts');
    const owner = { userId: String(userId), deviceId: String(deviceId) };
    const place = storePath
      ? { ...options, directory: storePath, passphrase: storePassphrase || undefined }
      : undefined;
    return new OlmMachine(MAKING, await openMachine(owner, place));
  }

  /** How many changes were ever committed to the store, to be noted elsewhere and given back as `knownCommits`; 0 in memory. */
  get storeCommits(): number {
    return this.#live.commits;
  }

  get userId(): UserId {
    return new UserId(this.#userId);
  }
  get deviceId(): DeviceId {
    return new DeviceId(this.#deviceId);
  }
  get identityKeys(): IdentityKeys {
    return this.#identityKeys;
  }

  /**
   * Takes in what a sync brought; must have returned before the sync's token is stored, or its room keys may be lost. Returns
   * the to-device events as a JSON array, decrypted where that was possible.
   */
  async receiveSyncChanges(
    toDeviceEvents: string,
    lists: DeviceLists,
    oneTimeKeyCounts: Record<string, number>,
    unusedFallbackKeys?: string[],
  ): Promise<string> {
    const { changed, left } = lists;
    const sync = { toDeviceEvents, changed, left, oneTimeKeyCounts, unusedFallbackKeys };
    const events = await this.#live.run((machine) => receive(this.#live.module, machine, sync));
    // Most syncs bring nothing that concerns keys: what is known stays known.
    if (toDeviceEvents !== '[]' || changed.length > 0 || left.length > 0) this.#outgoing.listsChanged(left.map(String));
    return `[${events.join(',')}]`;
  }

  /** The requests that matrix-bot-sdk can send. */
  outgoingRequests(): Promise<KeyRequest[]> {
    return this.#outgoing.keyRequests();
  }

  /** The requests at which matrix-bot-sdk throws (signatures, messages of a verification): for the caller to send and mark. */
  otherRequests(): Promise<OtherRequest[]> {
    return this.#outgoing.otherRequests();
  }

  /** All requests, for a caller that sends them all. */
  allRequests(): Promise<OutgoingRequest[]> {
    return this.#outgoing.all();
  }

  /** Takes in what the homeserver answered to a request, as JSON. */
  async markRequestAsSent(requestId: string, requestType: RequestType, response: string): Promise<boolean> {
    this.#roomKeys.sent(requestId);
    return this.#outgoing.markAsSent(requestId, requestType, response);
  }

  /**
   * A claim of one-time keys for devices of `users` with which there is no session yet; null where none is needed. Users whose
   * devices are still being asked for are left out. Only one claim at a time is valid: the next takes its place.
   */
  getMissingSessions(users?: Id[] | null): Promise<KeysClaimRequest | null> {
    return this.#outgoing.missingSessions(users ?? []);
  }

  /** Follows the devices of `users` from now on. */
  updateTrackedUsers(users: Id[]): Promise<void> {
    return this.#outgoing.track(users);
  }

  /** Whether the devices of `users` are known, so that nothing must be asked before a key is shared with them. */
  knowsDevicesOf(users: readonly Id[]): boolean {
    return this.#outgoing.knowsDevicesOf(users);
  }

  /** A question for the devices and identities of `users`, now. */
  queryKeysForUsers(users: Id[]): Promise<KeysQueryRequest> {
    return this.#outgoing.queryFor(users);
  }

  /** What must be sent to `users` so that they can read the next event of the room. */
  shareRoomKey(roomId: RoomId | string, users: Id[], settings: EncryptionSettings): Promise<ToDeviceRequest[]> {
    return this.#roomKeys.share(String(roomId), users, settings);
  }

  /**
   * The content of an `m.room.encrypted` event, as JSON. `shareRoomKey` comes first (`no_room_key`). Where another event has
   * used up the session meanwhile, the new key is among the next outgoing requests: send these before the event.
   */
  encryptRoomEvent(roomId: RoomId | string, eventType: string, content: string): Promise<string> {
    return this.#roomKeys.encrypt(String(roomId), { type: eventType, content }, (requests) =>
      this.#outgoing.addShares(requests),
    );
  }

  /** Has the room's next event encrypted with a new key; whether there was one to end. */
  invalidateGroupSession(roomId: RoomId | string): Promise<boolean> {
    return this.#roomKeys.discard(String(roomId));
  }

  /**
   * Decrypts an event of a timeline, given as JSON. Throws a code of `DecryptionFailure`; `unknown_sender_device` and
   * `unsigned_sender_device` only where `trust` asks for more than `Untrusted`.
   */
  decryptRoomEvent(
    event: string,
    roomId: RoomId | string,
    trust: TrustRequirement = TrustRequirement.Untrusted,
  ): Promise<DecryptedRoomEvent> {
    const { module } = this.#live;
    return this.#live.run(async (machine) => {
      using settings = decryptionSettings(module, trust);
      const decrypted = await machine.decryptRoomEvent(event, toWasmId(module.RoomId, roomId), settings);
      return takeDecryptedEvent(module, decrypted);
    });
  }

  /** Signs JSON (without `signatures` and `unsigned`) with the device's key and, where there is one, the master key. */
  sign(message: string): Promise<Signatures> {
    return this.#live.run(async (machine) => new Signatures(JSON.parse((await machine.sign(message)).asJSON())));
  }

  crossSigningStatus(): Promise<CrossSigningStatus> {
    return this.#live.run(async (machine) => takeStatus(await machine.crossSigningStatus()));
  }

  /** Makes the private cross-signing keys, anew where `reset`; otherwise those in the store are used again. */
  bootstrapCrossSigning(reset: boolean): Promise<CrossSigningRequests> {
    this.#live.changed();
    return this.#live.run(async (machine) =>
      takeBootstrap(this.#live.module, await machine.bootstrapCrossSigning(reset)),
    );
  }

  /** The private cross-signing keys, to be kept as a secret; null where not all three are there. */
  exportCrossSigningKeys(): Promise<CrossSigningSeeds | null> {
    return this.#live.run(async (machine) => takeSeeds(await machine.exportCrossSigningKeys()));
  }

  /**
   * Brings the private cross-signing keys to this device. The own user's public keys must be known: query them before; where
   * there are none, nothing is taken. Throws `invalid_seeds`.
   */
  importCrossSigningKeys(seeds: CrossSigningSeeds): Promise<CrossSigningStatus> {
    this.#live.changed();
    return this.#live.run(async (machine) =>
      takeStatus(await machine.importCrossSigningKeys(seeds.master, seeds.selfSigning, seeds.userSigning)),
    );
  }

  /** Signs a device of the own user; the request has no id. Null where the device is not known. */
  signDevice(deviceId: DeviceId | string): Promise<SignatureUploadRequest | null> {
    const { module } = this.#live;
    return this.#live.run(async (machine) => {
      const user = toWasmId(module.UserId, this.#userId);
      const device = await machine.getDevice(user, toWasmId(module.DeviceId, deviceId));
      return device ? (takeRequest(module, await device.verify()) as SignatureUploadRequest) : null;
    });
  }

  /** What is known of a device; null where nothing is. */
  getDevice(userId: Id, deviceId: DeviceId | string): Promise<DeviceInfo | null> {
    const { module } = this.#live;
    return this.#live.run(async (machine) => {
      const device = await machine.getDevice(toWasmId(module.UserId, userId), toWasmId(module.DeviceId, deviceId));
      return device ? takeDevice(device) : null;
    });
  }

  getUserDevices(userId: Id): Promise<DeviceInfo[]> {
    return this.#live.run(async (machine) => {
      using devices = await machine.getUserDevices(toWasmId(this.#live.module.UserId, userId));
      return devices.devices().map(takeDevice);
    });
  }

  /** The cross-signing identity of a user; null where none is known. */
  getIdentity(userId: Id): Promise<IdentityInfo | null> {
    return this.#live.run(async (machine) => {
      const identity = await machine.getIdentity(toWasmId(this.#live.module.UserId, userId));
      return identity ? takeIdentity(identity) : null;
    });
  }

  /** Calls `listener` whenever something of the kind happens; returns how to end that. A listener must not throw. */
  on<Name extends keyof MachineEvents>(name: Name, listener: MachineEvents[Name]): () => void {
    return this.#listeners.on(name, listener);
  }

  /** Ends all that is under way within a second, and closes the store. Whatever is called afterwards throws `closed`. */
  close(): Promise<void> {
    this.#listeners.clear();
    return this.#live.close();
  }
}
