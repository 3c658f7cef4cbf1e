// Owns the binding's names for attachments: whole in memory, in one go. Large files: attachmentBytes.ts, attachmentFile.ts.
import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
import {
  type AttachmentInfo,
  type AttachmentKeys,
  CIPHER,
  newAttachmentKeys,
  readAttachmentInfo,
  toAttachmentInfo,
} from './attachmentInfo.ts';
import { CryptoError } from './errors.ts';

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new CryptoError('invalid_attachment', 'the encryption information is not JSON', { cause });
  }
}

/** Ciphertext and the information that opens it; the information can be used once, as in the native binding. */
export class EncryptedAttachment {
  encryptedData: Uint8Array;
  #keys: AttachmentKeys | null;

  /** `mediaEncryptionInfo` is the JSON of an event's `file`. Throws `invalid_attachment`. */
  constructor(encryptedData: Uint8Array, mediaEncryptionInfo: string) {
    this.encryptedData = encryptedData;
    this.#keys = readAttachmentInfo(parse(mediaEncryptionInfo));
  }
  /** JSON for an event's `file`, without a url; null once it was used. */
  get mediaEncryptionInfo(): string | null {
    return this.#keys && JSON.stringify(toAttachmentInfo(this.#keys) satisfies AttachmentInfo);
  }
  get hasMediaEncryptionInfoBeenConsumed(): boolean {
    return this.#keys === null;
  }
  /** The keys, which are gone then. Throws `invalid_attachment` the second time. */
  takeKeys(): AttachmentKeys {
    const keys = this.#keys;
    if (!keys) throw new CryptoError('invalid_attachment', 'the encryption information was used already');
    this.#keys = null;
    return keys;
  }
}

export class Attachment {
  static encrypt(array: Uint8Array): EncryptedAttachment {
    const { key, iv } = newAttachmentKeys();
    const cipher = createCipheriv(CIPHER, key, iv);
    const data = Buffer.concat([cipher.update(array), cipher.final()]);
    const sha256 = createHash('sha256').update(data).digest();
    return new EncryptedAttachment(data, JSON.stringify(toAttachmentInfo({ key, iv, sha256 })));
  }

  /** Throws `attachment_mismatch` where the ciphertext is not what was sent. */
  static decrypt(attachment: EncryptedAttachment): Uint8Array {
    const { key, iv, sha256 } = attachment.takeKeys();
    const found = createHash('sha256').update(attachment.encryptedData).digest();
    if (!found.equals(sha256)) throw new CryptoError('attachment_mismatch', 'the attachment is not what was sent');
    const decipher = createDecipheriv(CIPHER, key, iv);
    return Buffer.concat([decipher.update(attachment.encryptedData), decipher.final()]);
  }
}
