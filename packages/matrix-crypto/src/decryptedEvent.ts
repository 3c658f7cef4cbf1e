// Owns a decrypted event as a plain value: what it says, who sent it, and how far that can be trusted.
import type * as wasm from '@matrix-org/matrix-sdk-crypto-wasm';
import { ShieldColor, ShieldStateCode, sameName } from './enums.ts';
import { CryptoError } from './errors.ts';
import { DeviceId, UserId } from './identifiers.ts';
import type { Wasm } from './wasmModule.ts';

export type ShieldState = {
  readonly color: ShieldColor;
  readonly code: ShieldStateCode;
  readonly message: string | undefined;
};

export type DecryptedRoomEvent = {
  /** JSON of the whole event, with the clear type and content. */
  readonly event: string;
  readonly sender: UserId | null;
  readonly senderDevice: DeviceId | null;
  readonly senderCurve25519Key: string | null;
  readonly senderClaimedEd25519Key: string | null;
  /** Always empty: such chains prove nothing (https://github.com/matrix-org/matrix-spec/issues/1089). */
  readonly forwardingCurve25519KeyChain: string[];
  /** What a client would show beside the event, at the time of decryption; strict: unverified users are warned of too. */
  shieldState(strict: boolean): ShieldState;
};

function takeShield(module: Wasm, shield: wasm.ShieldState): ShieldState {
  const { color, code, message } = shield;
  shield.free();
  return {
    color: (sameName(module.ShieldColor, color, ShieldColor) ?? ShieldColor.Red) as ShieldColor,
    code: (sameName(module.ShieldStateCode, code, ShieldStateCode) ?? ShieldStateCode.None) as ShieldStateCode,
    message,
  };
}

/**
 * A plain copy of wasm's decrypted event, which is freed. Throws `mismatched_sender` where the event names another sender than
 * the owner of the key that it was encrypted with: wasm itself only warns, and a homeserver could put words in a member's mouth.
 */
export function takeDecryptedEvent(module: Wasm, decrypted: wasm.DecryptedRoomEvent): DecryptedRoomEvent {
  const shields = {
    strict: takeShield(module, decrypted.shieldState(true)),
    lax: takeShield(module, decrypted.shieldState(false)),
  };
  const device = decrypted.senderDevice;
  const copy: DecryptedRoomEvent = {
    event: decrypted.event,
    sender: new UserId(decrypted.sender.toString()),
    senderDevice: device ? new DeviceId(device.toString()) : null,
    senderCurve25519Key: decrypted.senderCurve25519Key,
    senderClaimedEd25519Key: decrypted.senderClaimedEd25519Key ?? null,
    forwardingCurve25519KeyChain: [],
    shieldState: (strict) => (strict ? shields.strict : shields.lax),
  };
  decrypted.free();
  if (shields.strict.code === ShieldStateCode.MismatchedSender) {
    throw new CryptoError('mismatched_sender', shields.strict.message ?? 'not from whom it says');
  }
  return copy;
}
