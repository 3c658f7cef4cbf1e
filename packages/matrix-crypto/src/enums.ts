// Owns the numbers of the native binding's enums, and the way from and to wasm's, which differ in places.
import type * as wasm from '@matrix-org/matrix-sdk-crypto-wasm';

export const EncryptionAlgorithm = { OlmV1Curve25519AesSha2: 0, MegolmV1AesSha2: 1 } as const;
export type EncryptionAlgorithm = (typeof EncryptionAlgorithm)[keyof typeof EncryptionAlgorithm];

export const HistoryVisibility = { Invited: 0, Joined: 1, Shared: 2, WorldReadable: 3 } as const;
export type HistoryVisibility = (typeof HistoryVisibility)[keyof typeof HistoryVisibility];

export const StoreType = { Sqlite: 0 } as const;
export type StoreType = (typeof StoreType)[keyof typeof StoreType];

export const RequestType = {
  KeysUpload: 0,
  KeysQuery: 1,
  KeysClaim: 2,
  ToDevice: 3,
  SignatureUpload: 4,
  RoomMessage: 5,
  KeysBackup: 6,
} as const;
export type RequestType = (typeof RequestType)[keyof typeof RequestType];

export const ShieldColor = { Red: 0, Grey: 1, None: 2 } as const;
export type ShieldColor = (typeof ShieldColor)[keyof typeof ShieldColor];

/** The native binding's codes, and `MismatchedSender`, which only wasm tells. */
export const ShieldStateCode = {
  AuthenticityNotGuaranteed: 0,
  UnknownDevice: 1,
  UnsignedDevice: 2,
  UnverifiedIdentity: 3,
  SentInClear: 4,
  VerificationViolation: 5,
  None: 6,
  MismatchedSender: 7,
} as const;
export type ShieldStateCode = (typeof ShieldStateCode)[keyof typeof ShieldStateCode];

/** How much must be known of a sender's device before what it sent is decrypted (wasm only: the native binding takes all). */
export const TrustRequirement = { Untrusted: 0, CrossSignedOrLegacy: 1, CrossSigned: 2 } as const;
export type TrustRequirement = (typeof TrustRequirement)[keyof typeof TrustRequirement];

/** Who is given a room key: all devices, those signed by their owner, or those that this account has verified. */
export type SharingStrategy =
  | 'all_devices'
  | 'cross_signed_devices'
  | 'verified_devices'
  | 'error_on_verified_user_problem';

type Wasm = typeof wasm;
type NumberOf = Readonly<Record<string, number>>;

/** The number that one enum has for the name that `value` has in another; undefined where the name is not known there. */
export function sameName(from: object, value: number | undefined, to: object): number | undefined {
  const name = Object.entries(from as NumberOf).find(([, number]) => number === value)?.[0];
  return name === undefined ? undefined : (to as NumberOf)[name];
}

/** Wasm's number of a request type; throws a RangeError for a number that is none. */
export function toWasmRequestType(module: Wasm, type: RequestType): wasm.RequestType {
  const found = sameName(RequestType, type, module.RequestType);
  if (found === undefined) throw new RangeError(`no such request type: ${type}`);
  return found;
}
