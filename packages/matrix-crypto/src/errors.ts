// Owns the errors of this package: every failure is an Error whose code a program can rely on.
import type { DecryptionErrorCode } from '@matrix-org/matrix-sdk-crypto-wasm';
import { CryptoStoreError, type CryptoStoreErrorCode } from './store/errors.ts';

/** Why an event could not be decrypted, by the name that wasm has for it. */
const DECRYPTION_CODES = {
  MissingRoomKey: 'missing_room_key',
  UnknownMessageIndex: 'unknown_message_index',
  MismatchedIdentityKeys: 'mismatched_identity_keys',
  UnknownSenderDevice: 'unknown_sender_device',
  UnsignedSenderDevice: 'unsigned_sender_device',
  SenderIdentityVerificationViolation: 'sender_identity_changed',
  UnableToDecrypt: 'unable_to_decrypt',
  MismatchedSender: 'mismatched_sender',
} as const satisfies Record<keyof typeof DecryptionErrorCode, string>;

export type DecryptionFailure = (typeof DECRYPTION_CODES)[keyof typeof DECRYPTION_CODES];

export type CryptoErrorCode =
  | DecryptionFailure
  /** An identifier that the specification does not allow. */
  | 'invalid_identifier'
  /** The encryption information of an attachment is not one that the specification describes. */
  | 'invalid_attachment'
  /** The bytes of an attachment are not those that were sent. */
  | 'attachment_mismatch'
  /** An event was to be encrypted before its room's key was shared. */
  | 'no_room_key'
  /** Cross-signing seeds that are none, or not those of the account's published identity. */
  | 'invalid_seeds'
  /** The machine was closed. */
  | 'closed'
  /** The store belongs to another user or device. */
  | 'other_device'
  /** The store was sealed with another passphrase, or with none. */
  | 'wrong_passphrase'
  | CryptoStoreErrorCode
  /** A foreign IndexedDB stands on globalThis. */
  | 'globals_taken'
  /** Whatever else the crypto library refused. */
  | 'failed';

export class CryptoError extends Error {
  readonly code: CryptoErrorCode;
  /** Why the sender withheld the key (`m.unverified`, `m.no_olm` …), if it said so. */
  readonly withheldCode: string | undefined;

  constructor(
    code: CryptoErrorCode,
    message: string,
    options: ErrorOptions & { withheldCode?: string | undefined } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'CryptoError';
    this.code = code;
    this.withheldCode = options.withheldCode;
  }
}

/** What a MegolmDecryptionError of wasm shows; it is no Error. */
type WasmDecryptionError = {
  code: number;
  description: string;
  withheldCode?: string | undefined;
  free?: () => void;
};

function isDecryptionError(thrown: unknown): thrown is WasmDecryptionError {
  return typeof thrown === 'object' && thrown !== null && 'description' in thrown && 'code' in thrown;
}

const codeNames = Object.keys(DECRYPTION_CODES) as (keyof typeof DECRYPTION_CODES)[];

/** Messages of wasm that say what went wrong with a store; it has no codes for these. */
const STORE_MESSAGES: [RegExp, CryptoErrorCode][] = [
  [/account in the store doesn't match/i, 'other_device'],
  [/failed to be decrypted while unpickling/i, 'wrong_passphrase'],
];

/**
 * Whatever wasm threw, as a CryptoError. `names` are wasm's decryption codes by number. What is one already stays as it is.
 */
export function toCryptoError(thrown: unknown, names?: Readonly<Record<number, string>>): CryptoError {
  if (thrown instanceof CryptoError) return thrown;
  if (isDecryptionError(thrown)) {
    const name = codeNames.find((known) => known === names?.[thrown.code]) ?? 'UnableToDecrypt';
    const error = new CryptoError(DECRYPTION_CODES[name], thrown.description, { withheldCode: thrown.withheldCode });
    thrown.free?.();
    return error;
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const code = message.startsWith('Error while importing m.cross_signing.') ? 'invalid_seeds' : 'failed';
  return new CryptoError(code, message, { cause: thrown });
}

/** The same for what was thrown while a store was opened. */
export function toOpeningError(thrown: unknown): CryptoError {
  if (thrown instanceof CryptoError) return thrown;
  if (thrown instanceof CryptoStoreError) return new CryptoError(thrown.code, thrown.message, { cause: thrown });
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const code = STORE_MESSAGES.find(([pattern]) => pattern.test(message))?.[1] ?? 'store_unusable';
  return new CryptoError(code, message, { cause: thrown });
}
