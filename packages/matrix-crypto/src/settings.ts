// Owns what a caller says about a room's encryption and about changed devices, in the binding's words.
import type * as wasm from '@matrix-org/matrix-sdk-crypto-wasm';
import { EncryptionAlgorithm, HistoryVisibility, type SharingStrategy, sameName } from './enums.ts';
import type { Id } from './identifiers.ts';

const WEEK_MS = 604_800_000n;
const US_PER_MS = 1000n;
/** A hundred years: more would wrap around in wasm's 64 bits, and so rotate at every message. */
const MAX_ROTATION_MS = 3_155_760_000_000n;
const MAX_ROTATION_MESSAGES = 10_000n;

const clamp = (value: bigint, max: bigint) => (value < 1n ? 1n : value > max ? max : value);

/** How a room is encrypted. */
export class EncryptionSettings {
  /** undefined, as matrix-bot-sdk has it for algorithms that it does not know, means Megolm. */
  algorithm: EncryptionAlgorithm | undefined = EncryptionAlgorithm.MegolmV1AesSha2;
  /**
   * How long a session is used, in MILLISECONDS as in `m.room.encryption`. The native binding says microseconds here, but
   * matrix-bot-sdk gives it milliseconds, and so has a new session every ten minutes instead of every week.
   */
  rotationPeriod = WEEK_MS;
  /** How many messages a session is used for. */
  rotationPeriodMessages = 100n;
  historyVisibility: HistoryVisibility = HistoryVisibility.Shared;
  onlyAllowTrustedDevices = false;
  errorOnVerifiedUserProblem = false;
  /** Who gets the key; where it is set, the two flags above do not count. Not in the native binding. */
  sharingStrategy: SharingStrategy | undefined;
}

/** The limits of a session under `settings`, brought into range. */
export function rotationOf(settings: Readonly<EncryptionSettings>): { periodMs: number; messages: number } {
  return {
    periodMs: Number(clamp(BigInt(settings.rotationPeriod), MAX_ROTATION_MS)),
    messages: Number(clamp(BigInt(settings.rotationPeriodMessages), MAX_ROTATION_MESSAGES)),
  };
}

function strategyOf(module: typeof wasm, settings: Readonly<EncryptionSettings>): wasm.CollectStrategy {
  const { CollectStrategy } = module;
  if (settings.sharingStrategy === 'all_devices') return CollectStrategy.allDevices();
  if (settings.sharingStrategy === 'cross_signed_devices') return CollectStrategy.identityBasedStrategy();
  if (settings.sharingStrategy === 'verified_devices') return CollectStrategy.onlyTrustedDevices();
  if (settings.sharingStrategy === 'error_on_verified_user_problem') {
    return CollectStrategy.errorOnUnverifiedUserProblem();
  }
  return CollectStrategy.deviceBasedStrategy(settings.onlyAllowTrustedDevices, settings.errorOnVerifiedUserProblem);
}

/** Wasm's settings, to be freed by the caller; periods out of range are brought into it. */
export function toWasmSettings(module: typeof wasm, settings: Readonly<EncryptionSettings>): wasm.EncryptionSettings {
  const made = new module.EncryptionSettings();
  const algorithm = settings.algorithm ?? EncryptionAlgorithm.MegolmV1AesSha2;
  made.algorithm = sameName(EncryptionAlgorithm, algorithm, module.EncryptionAlgorithm) ?? made.algorithm;
  const { periodMs, messages } = rotationOf(settings);
  made.rotationPeriod = BigInt(periodMs) * US_PER_MS;
  made.rotationPeriodMessages = BigInt(messages);
  made.historyVisibility =
    sameName(HistoryVisibility, settings.historyVisibility, module.HistoryVisibility) ?? made.historyVisibility;
  made.sharingStrategy = strategyOf(module, settings);
  return made;
}

/** Whose devices changed, and with whom no encrypted room is shared any more, since the last sync. */
export class DeviceLists {
  readonly changed: Id[];
  readonly left: Id[];

  constructor(changed?: Id[] | null, left?: Id[] | null) {
    this.changed = changed ?? [];
    this.left = left ?? [];
  }
  isEmpty(): boolean {
    return this.changed.length === 0 && this.left.length === 0;
  }
}
