// Owns what is known of devices and of users' identities, as plain values.
import type * as wasm from '@matrix-org/matrix-sdk-crypto-wasm';

export type DeviceInfo = {
  readonly userId: string;
  readonly deviceId: string;
  readonly displayName: string | undefined;
  /** The fingerprint, as clients show it; unpadded base64. */
  readonly ed25519: string | undefined;
  readonly curve25519: string | undefined;
  /** Its owner's self-signing key has signed it. */
  readonly isCrossSignedByOwner: boolean;
  /** Signed by an owner whom this account has verified (its own user is, with its keys). */
  readonly isVerified: boolean;
  readonly isBlacklisted: boolean;
  readonly isDeleted: boolean;
  readonly firstSeenMs: number;
};

/** A plain copy of a device of wasm, which is freed. */
export function takeDevice(device: wasm.Device): DeviceInfo {
  const copy: DeviceInfo = {
    userId: device.userId.toString(),
    deviceId: device.deviceId.toString(),
    displayName: device.displayName,
    ed25519: device.ed25519Key?.toBase64(),
    curve25519: device.curve25519Key?.toBase64(),
    isCrossSignedByOwner: device.isCrossSignedByOwner(),
    isVerified: device.isVerified(),
    isBlacklisted: device.isBlacklisted(),
    isDeleted: device.isDeleted(),
    firstSeenMs: Number(device.firstTimeSeen()),
  };
  device.free();
  return copy;
}

export type IdentityInfo = {
  readonly isOwn: boolean;
  /** Verified by this account. */
  readonly isVerified: boolean;
  /** The public master key; unpadded base64. */
  readonly masterKey: string;
  /** Was verified once, and has another identity now. */
  readonly hasVerificationViolation: boolean;
};

/** The one key of a public cross-signing key, which wasm gives as the JSON of the specification. */
function onlyKey(json: string): string {
  const { keys } = JSON.parse(json) as { keys: Record<string, string> };
  return Object.values(keys)[0] ?? '';
}

/** A plain copy of an identity of wasm, which is freed. */
export function takeIdentity(identity: wasm.OwnUserIdentity | wasm.OtherUserIdentity): IdentityInfo {
  const copy: IdentityInfo = {
    isOwn: 'userSigningKey' in identity,
    isVerified: identity.isVerified(),
    masterKey: onlyKey(identity.masterKey),
    hasVerificationViolation: identity.hasVerificationViolation(),
  };
  identity.free();
  return copy;
}
