// Owns attachments that lie encrypted on disk: verified whole, then decrypted on the way to the reader, never onto the disk.
import { createDecipheriv, createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { PIECE_BYTES } from './attachmentBytes.ts';
import { type AttachmentKeys, CIPHER, readAttachmentInfo } from './attachmentInfo.ts';
import { CryptoError } from './errors.ts';

const mismatch = () => new CryptoError('attachment_mismatch', 'the attachment is not what was sent');

/** The file from its start, a piece at a time in one buffer: a piece is valid until the next is asked for. */
async function* piecesOf(file: FileHandle): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafe(PIECE_BYTES);
  let position = 0;
  for (;;) {
    const { bytesRead } = await file.read(buffer, 0, PIECE_BYTES, position);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    position += bytesRead;
  }
}

async function verify(file: FileHandle, sha256: Buffer): Promise<void> {
  const hash = createHash('sha256');
  for await (const piece of piecesOf(file)) hash.update(piece);
  if (!hash.digest().equals(sha256)) throw mismatch();
}

/** The plaintext; the hash is taken again, so that a file changed since it was verified ends in an error. */
async function* decrypted(file: FileHandle, { key, iv, sha256 }: AttachmentKeys): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  const decipher = createDecipheriv(CIPHER, key, iv);
  for await (const piece of piecesOf(file)) {
    hash.update(piece);
    yield decipher.update(piece);
  }
  if (!hash.digest().equals(sha256)) throw mismatch();
}

/**
 * The plaintext of the encrypted file at `path` as a stream of bytes. The whole ciphertext is verified before this resolves:
 * there is no way to see a byte of a file that is not what was sent. `info` is an event's `file`. The stream closes the file;
 * a stream that is not wanted any more must be destroyed.
 * Throws `invalid_attachment`, `attachment_mismatch`, and what the file system says.
 */
export async function decryptFile(path: string, info: unknown): Promise<Readable> {
  const keys = readAttachmentInfo(info);
  const file = await open(path, 'r');
  try {
    await verify(file, keys.sha256);
  } catch (error) {
    await file.close();
    throw error;
  }
  const plain = Readable.from(decrypted(file, keys), { objectMode: false, highWaterMark: PIECE_BYTES });
  // Not in the generator: one that was never asked for anything does not run its `finally`. Closing a file that was only read
  // loses nothing, whatever it says.
  return plain.once('close', () => file.close().catch(() => undefined));
}
