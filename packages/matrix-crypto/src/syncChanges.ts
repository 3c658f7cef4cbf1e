// Owns what a sync brings for a machine, in the shape that wasm takes: Map and Set, and nothing in them that it would choke on.
import type * as wasm from '@matrix-org/matrix-sdk-crypto-wasm';
import { sameName, TrustRequirement } from './enums.ts';
import { type Id, toWasmUserIds } from './identifiers.ts';
import type { Wasm } from './wasmModule.ts';

export type SyncChanges = {
  /** JSON: the array of to-device events. */
  readonly toDeviceEvents: string;
  readonly changed: readonly Id[];
  readonly left: readonly Id[];
  readonly oneTimeKeyCounts: Readonly<Record<string, number>>;
  /** undefined: the homeserver knows no fallback keys. */
  readonly unusedFallbackKeys: readonly string[] | undefined;
};

/** Wasm's settings for a level of trust; wasm frees them with the call that they are given to by value. */
export function decryptionSettings(module: Wasm, trust: TrustRequirement): wasm.DecryptionSettings {
  const level = sameName(TrustRequirement, trust, module.TrustRequirement) ?? module.TrustRequirement.CrossSigned;
  return new module.DecryptionSettings(level);
}

function countsOf(counts: Readonly<Record<string, number>>): Map<string, number> {
  return new Map(Object.entries(counts).filter(([, count]) => Number.isSafeInteger(count) && count >= 0));
}

/** Gives a sync to the machine; what it decrypted, as an array of the to-device events' JSON. */
export async function receive(module: Wasm, machine: wasm.OlmMachine, sync: SyncChanges): Promise<string[]> {
  const events = await machine.receiveSyncChanges(
    sync.toDeviceEvents,
    new module.DeviceLists(toWasmUserIds(module, sync.changed), toWasmUserIds(module, sync.left)),
    countsOf(sync.oneTimeKeyCounts),
    sync.unusedFallbackKeys && new Set(sync.unusedFallbackKeys.map(String)),
    // A key is taken from any device, as the native binding does; who may be believed is decided at the event.
    decryptionSettings(module, TrustRequirement.Untrusted),
  );
  return events.map((event) => {
    const json = event.rawEvent;
    event.free();
    return json;
  });
}
