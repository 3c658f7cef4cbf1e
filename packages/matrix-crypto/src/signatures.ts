// Owns public keys and signatures as plain values, in the binding's shape.
import type * as wasm from '@matrix-org/matrix-sdk-crypto-wasm';
import type { Id } from './identifiers.ts';

/** A public key, as unpadded base64. */
export class PublicKey {
  readonly #base64: string;

  constructor(base64: string) {
    this.#base64 = base64;
  }
  /** How many bytes it has. */
  get length(): number {
    return Buffer.from(this.#base64, 'base64').length;
  }
  toBase64(): string {
    return this.#base64;
  }
}

export type IdentityKeys = { readonly ed25519: PublicKey; readonly curve25519: PublicKey };

/** A copy of a machine's identity keys; wasm's are freed. */
export function takeIdentityKeys(keys: wasm.IdentityKeys): IdentityKeys {
  const taken = {
    ed25519: new PublicKey(keys.ed25519.toBase64()),
    curve25519: new PublicKey(keys.curve25519.toBase64()),
  };
  keys.free();
  return taken;
}

export type Signature = { toBase64(): string };
export type MaybeSignature = {
  readonly isValid: boolean;
  readonly isInvalid: boolean;
  readonly signature: Signature | null;
  readonly invalidSignatureSource: string | null;
};

/** Length of an Ed25519 signature. */
const SIGNATURE_BYTES = 64;

function toMaybeSignature(base64: string): MaybeSignature {
  const isValid = Buffer.from(base64, 'base64').length === SIGNATURE_BYTES;
  return {
    isValid,
    isInvalid: !isValid,
    signature: isValid ? { toBase64: () => base64 } : null,
    invalidSignatureSource: isValid ? null : base64,
  };
}

type SignaturesByUser = Record<string, Record<string, string>>;

/** The signatures of one message, by user and key id. */
export class Signatures {
  readonly #byUser: SignaturesByUser;

  constructor(byUser: SignaturesByUser = {}) {
    this.#byUser = byUser;
  }
  get(signer: Id): Record<string, MaybeSignature> | null {
    const own = this.#byUser[String(signer)];
    if (!own) return null;
    return Object.fromEntries(Object.entries(own).map(([keyId, base64]) => [keyId, toMaybeSignature(base64)]));
  }
  get isEmpty(): boolean {
    return this.count === 0n;
  }
  get count(): bigint {
    return BigInt(Object.values(this.#byUser).reduce((sum, own) => sum + Object.keys(own).length, 0));
  }
  asJSON(): string {
    return JSON.stringify(this.#byUser);
  }
}
