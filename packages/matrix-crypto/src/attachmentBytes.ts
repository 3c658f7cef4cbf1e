// Owns attachments in memory, a piece at a time, so that a large one never holds up the event loop.
import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  type AttachmentInfo,
  CIPHER,
  newAttachmentKeys,
  readAttachmentInfo,
  toAttachmentInfo,
} from './attachmentInfo.ts';
import { CryptoError } from './errors.ts';

/** Hashing and encrypting a piece takes about 3 ms on a slow core. */
export const PIECE_BYTES = 1 << 20;

/** `data` in pieces, with a turn of the event loop before each but the first. */
async function* pieces(data: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < data.length; start += PIECE_BYTES) {
    if (start > 0) await nextTurn();
    yield data.subarray(start, start + PIECE_BYTES);
  }
}

/** The ciphertext of `data`, and what an event's `file` must say besides its url. */
export async function encryptBytes(data: Uint8Array): Promise<{ data: Buffer; info: AttachmentInfo }> {
  const { key, iv } = newAttachmentKeys();
  const cipher = createCipheriv(CIPHER, key, iv);
  const hash = createHash('sha256');
  const encrypted = Buffer.allocUnsafe(data.length);
  let written = 0;
  for await (const piece of pieces(data)) {
    const part = cipher.update(piece);
    hash.update(part);
    written += part.copy(encrypted, written);
  }
  return { data: encrypted, info: toAttachmentInfo({ key, iv, sha256: hash.digest() }) };
}

/**
 * The plaintext of `data`, made only once the whole ciphertext was found to be what was sent. `info` is an event's `file`.
 * Throws `invalid_attachment`, `attachment_mismatch`.
 */
export async function decryptBytes(data: Uint8Array, info: unknown): Promise<Buffer> {
  const { key, iv, sha256 } = readAttachmentInfo(info);
  const hash = createHash('sha256');
  for await (const piece of pieces(data)) hash.update(piece);
  if (!hash.digest().equals(sha256)) {
    throw new CryptoError('attachment_mismatch', 'the attachment is not what was sent');
  }
  const decipher = createDecipheriv(CIPHER, key, iv);
  const plain = Buffer.allocUnsafe(data.length);
  let written = 0;
  for await (const piece of pieces(data)) written += decipher.update(piece).copy(plain, written);
  return plain;
}
