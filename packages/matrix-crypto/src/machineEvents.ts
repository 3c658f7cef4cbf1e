// Owns what a machine tells of its own accord: keys that came, keys that are withheld, devices that changed.
import type * as wasm from '@matrix-org/matrix-sdk-crypto-wasm';

export type RoomKey = { readonly roomId: string; readonly sessionId: string; readonly senderKey: string };
export type WithheldKey = {
  readonly roomId: string;
  readonly sessionId: string;
  readonly sender: string;
  /** `m.unverified`, `m.blacklisted`, `m.unauthorised`, `m.unavailable`, `m.no_olm`. */
  readonly code: string;
};

export type MachineEvents = {
  roomKeys: (keys: RoomKey[]) => void;
  withheldKeys: (keys: WithheldKey[]) => void;
  /** Users whose devices or identities are known anew. */
  devices: (userIds: string[]) => void;
};

function takeRoomKey(info: wasm.RoomKeyInfo): RoomKey {
  const copy = { roomId: info.roomId.toString(), sessionId: info.sessionId, senderKey: info.senderKey.toBase64() };
  info.free();
  return copy;
}

function takeWithheldKey(info: wasm.RoomKeyWithheldInfo): WithheldKey {
  const { sessionId, withheldCode } = info;
  const copy = { roomId: info.roomId.toString(), sessionId, sender: info.sender.toString(), code: withheldCode };
  info.free();
  return copy;
}

/** Listeners of one machine. A listener must not throw: wasm called it, and has nobody to tell. */
export class MachineListeners {
  readonly #listeners: { [Name in keyof MachineEvents]: Set<MachineEvents[Name]> } = {
    roomKeys: new Set(),
    withheldKeys: new Set(),
    devices: new Set(),
  };

  /** Hears the machine, which takes one callback of each kind. */
  attach(machine: wasm.OlmMachine): void {
    machine.registerRoomKeyUpdatedCallback(async (infos) => this.#tellRoomKeys(infos.map(takeRoomKey)));
    machine.registerRoomKeysWithheldCallback(async (infos) => this.#tellWithheld(infos.map(takeWithheldKey)));
    machine.registerDevicesUpdatedCallback(async (users) => this.#tellDevices(users));
  }

  /** Calls `listener` from now on; returns how to end that. */
  on<Name extends keyof MachineEvents>(name: Name, listener: MachineEvents[Name]): () => void {
    this.#listeners[name].add(listener);
    return () => this.#listeners[name].delete(listener);
  }

  clear(): void {
    for (const listeners of Object.values(this.#listeners)) listeners.clear();
  }

  #tellRoomKeys(keys: RoomKey[]): void {
    for (const listener of this.#listeners.roomKeys) listener(keys);
  }
  #tellWithheld(keys: WithheldKey[]): void {
    for (const listener of this.#listeners.withheldKeys) listener(keys);
  }
  #tellDevices(users: string[]): void {
    for (const listener of this.#listeners.devices) listener(users);
  }
}
