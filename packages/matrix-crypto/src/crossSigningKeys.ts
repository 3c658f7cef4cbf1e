// Owns the private cross-signing keys as they are made, kept outside the store, and brought to a new device.
import type * as wasm from '@matrix-org/matrix-sdk-crypto-wasm';
import { type KeysUploadRequest, type SignatureUploadRequest, takeRequest } from './requests.ts';
import type { Wasm } from './wasmModule.ts';

/** Which private keys are in the store. */
export type CrossSigningStatus = {
  readonly hasMaster: boolean;
  readonly hasSelfSigning: boolean;
  readonly hasUserSigning: boolean;
};

/** Seeds of the private keys, unpadded base64: whoever has them can sign in this account's name. */
export type CrossSigningSeeds = { readonly master: string; readonly selfSigning: string; readonly userSigning: string };

/** What is to be sent, in this order. */
export type CrossSigningRequests = {
  /** The device's own keys, where they are not known to the homeserver yet. */
  readonly uploadKeys: KeysUploadRequest | null;
  /** JSON for `POST /_matrix/client/v3/keys/device_signing/upload`, which may ask for the password; not to be marked as sent. */
  readonly uploadSigningKeysBody: string;
  readonly uploadSignatures: SignatureUploadRequest;
};

export function takeStatus(status: wasm.CrossSigningStatus): CrossSigningStatus {
  const { hasMaster, hasSelfSigning, hasUserSigning } = status;
  status.free();
  return { hasMaster, hasSelfSigning, hasUserSigning };
}

/** null where a seed is missing: an incomplete set cannot sign a new device. */
export function takeSeeds(keys: wasm.CrossSigningKeyExport | undefined): CrossSigningSeeds | null {
  const [master, selfSigning, userSigning] = [keys?.masterKey, keys?.self_signing_key, keys?.userSigningKey];
  keys?.free();
  return master && selfSigning && userSigning ? { master, selfSigning, userSigning } : null;
}

export function takeBootstrap(module: Wasm, requests: wasm.CrossSigningBootstrapRequests): CrossSigningRequests {
  const keys = requests.uploadKeysRequest;
  const copy: CrossSigningRequests = {
    uploadKeys: keys ? (takeRequest(module, keys) as KeysUploadRequest) : null,
    uploadSigningKeysBody: requests.uploadSigningKeysRequest.body,
    uploadSignatures: takeRequest(module, requests.uploadSignaturesRequest) as SignatureUploadRequest,
  };
  requests.free();
  return copy;
}
