// Owns what must be known to open an encrypted attachment: reading it from an event, and making it.
// https://spec.matrix.org/v1.15/client-server-api/#sending-encrypted-attachments
import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { CryptoError } from './errors.ts';

/** As it stands in an event's `file`, but for the url. */
export type AttachmentInfo = {
  readonly v: 'v2';
  readonly key: {
    readonly kty: 'oct';
    readonly key_ops: string[];
    readonly alg: 'A256CTR';
    /** base64url, unpadded: 32 bytes. */
    readonly k: string;
    readonly ext: true;
  };
  /** base64, unpadded: 16 bytes. */
  readonly iv: string;
  /** base64, unpadded, of the ciphertext. */
  readonly hashes: { readonly sha256: string };
};

/** The parts that decrypting needs; the key prints as an object, never as its bytes. */
export type AttachmentKeys = { readonly key: KeyObject; readonly iv: Buffer; readonly sha256: Buffer };

export const CIPHER = 'aes-256-ctr';
const KEY_BYTES = 32;
const IV_BYTES = 16;
/** The other half of the IV counts blocks, from 0. */
const IV_RANDOM_BYTES = 8;
const HASH_BYTES = 32;

const unpadded = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** Both alphabets of base64, padded or not: clients differ. Throws where it is anything else, or of another length. */
function bytesOf(name: string, value: unknown, length: number): Buffer {
  const isBase64 = typeof value === 'string' && /^[A-Za-z0-9+/_-]+={0,2}$/.test(value);
  const bytes = isBase64 ? Buffer.from(value, 'base64') : Buffer.alloc(0);
  if (bytes.length !== length) throw new CryptoError('invalid_attachment', `${name} is not ${length} bytes of base64`);
  return bytes;
}

/**
 * The keys of an event's `file` object, whatever else stands in it. Throws `invalid_attachment` for anything that is not
 * version 2 with AES-256-CTR and SHA-256: without a hash nothing can be verified.
 */
export function readAttachmentInfo(info: unknown): AttachmentKeys {
  const { v, key, iv, hashes } = record(info);
  const { alg, kty, k } = record(key);
  if (v !== 'v2') throw new CryptoError('invalid_attachment', 'not version 2 of encrypted attachments');
  if (alg !== 'A256CTR' || kty !== 'oct') throw new CryptoError('invalid_attachment', 'not a key for AES-256-CTR');
  const bytes = bytesOf('key', k, KEY_BYTES);
  return {
    key: createSecretKey(bytes),
    iv: bytesOf('iv', iv, IV_BYTES),
    sha256: bytesOf('sha256', record(hashes).sha256, HASH_BYTES),
  };
}

/** Keys for a new attachment, from the system's random numbers. */
export function newAttachmentKeys(): Omit<AttachmentKeys, 'sha256'> {
  const iv = Buffer.concat([randomBytes(IV_RANDOM_BYTES), Buffer.alloc(IV_BYTES - IV_RANDOM_BYTES)]);
  return { key: createSecretKey(randomBytes(KEY_BYTES)), iv };
}

/** What an event must say so that its readers can open the attachment. */
export function toAttachmentInfo({ key, iv, sha256 }: AttachmentKeys): AttachmentInfo {
  return {
    v: 'v2',
    key: {
      kty: 'oct',
      key_ops: ['encrypt', 'decrypt'],
      alg: 'A256CTR',
      k: key.export().toString('base64url'),
      ext: true,
    },
    iv: unpadded(iv),
    hashes: { sha256: unpadded(sha256) },
  };
}
