// Encrypted attachments: what goes in comes out, and nothing comes out of a file that is not what was sent.
import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Attachment, decryptBytes, decryptFile, EncryptedAttachment, encryptBytes } from '../index.ts';
import { loadWasm } from '../src/wasmModule.ts';
import { temporaryFolder } from './support/rig.ts';

const MIB = 1 << 20;

async function encryptedFile(plain: Buffer) {
  const { data, info } = await encryptBytes(plain);
  const path = join(await temporaryFolder(), 'ciphertext');
  await writeFile(path, data);
  return { path, data, info };
}

describe('an attachment in memory', () => {
  test('comes out as it went in, whatever its length', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 100 }), async (bytes) => {
        const { data, info } = await encryptBytes(bytes);
        expect(data.length).toBe(bytes.length);
        expect(new Uint8Array(await decryptBytes(data, info))).toEqual(bytes);
      }),
    );
  });

  test.each([0, 1, MIB - 1, MIB, MIB + 1, 3 * MIB + 5])('of %i bytes goes through in pieces', async (length) => {
    const plain = randomBytes(length);
    const { data, info } = await encryptBytes(plain);
    expect((await decryptBytes(data, info)).equals(plain)).toBe(true);
  });

  test('is described as the specification says', async () => {
    const { data, info } = await encryptBytes(Buffer.from('hello'));
    expect(info).toEqual({
      v: 'v2',
      key: { kty: 'oct', alg: 'A256CTR', ext: true, key_ops: ['encrypt', 'decrypt'], k: expect.any(String) },
      iv: expect.stringMatching(/^[A-Za-z0-9+/]{11}AAAAAAAAAAA$/),
      hashes: { sha256: createHash('sha256').update(data).digest('base64').replace('=', '') },
    });
    expect(info.key.k).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });

  test('has a key and a start of its own each time', async () => {
    const [one, two] = [await encryptBytes(Buffer.from('same')), await encryptBytes(Buffer.from('same'))];
    expect(one.info.key.k).not.toBe(two.info.key.k);
    expect(one.info.iv).not.toBe(two.info.iv);
    expect(one.data.equals(two.data)).toBe(false);
  });

  test('is opened by another implementation, and opens what that made', async () => {
    const wasm = await loadWasm();
    const ours = await encryptBytes(Buffer.from('from here'));
    const theirs = new wasm.EncryptedAttachment(ours.data, JSON.stringify(ours.info));
    expect(Buffer.from(wasm.Attachment.decrypt(theirs)).toString()).toBe('from here');
    const made = wasm.Attachment.encrypt(Buffer.from('from there'));
    const info = JSON.parse(made.mediaEncryptionInfo ?? '');
    expect((await decryptBytes(made.encryptedData, info)).toString()).toBe('from there');
  });

  test('with padding and in either alphabet of base64 is opened too', async () => {
    const plain = Buffer.from('padded');
    const [key, iv] = [randomBytes(32), randomBytes(16)];
    const data = createCipheriv('aes-256-ctr', key, iv).update(plain);
    const sha256 = createHash('sha256').update(data).digest('base64');
    const info = { v: 'v2', key: { kty: 'oct', alg: 'A256CTR', k: key.toString('base64') }, iv: iv.toString('base64') };
    expect((await decryptBytes(data, { ...info, hashes: { sha256 }, url: 'mxc://x/y' })).toString()).toBe('padded');
  });

  test('that was changed by a single bit is refused', async () => {
    const { data, info } = await encryptBytes(Buffer.from('pay 10'));
    data[4] = (data[4] ?? 0) ^ 1;
    await expect(decryptBytes(data, info)).rejects.toMatchObject({ code: 'attachment_mismatch' });
  });

  test.each([
    ['nothing', undefined],
    ['another version', { v: 'v1' }],
    ['no version', { v: undefined }],
    ['another cipher', { key: { kty: 'oct', alg: 'A128CTR', k: 'A'.repeat(43) } }],
    ['another kind of key', { key: { kty: 'RSA', alg: 'A256CTR', k: 'A'.repeat(43) } }],
    ['a short key', { key: { kty: 'oct', alg: 'A256CTR', k: 'AAAA' } }],
    ['a key that is no base64', { key: { kty: 'oct', alg: 'A256CTR', k: '*'.repeat(43) } }],
    ['a short start', { iv: 'AAAA' }],
    ['no hash', { hashes: {} }],
    ['another hash', { hashes: { md5: 'AAAA' } }],
    ['hashes that are none', { hashes: null }],
  ])('whose description has %s is refused', async (_name, changes) => {
    const { data, info } = await encryptBytes(Buffer.from('x'));
    const changed = changes && { ...info, ...changes };
    await expect(decryptBytes(data, changed)).rejects.toMatchObject({ code: 'invalid_attachment' });
  });

  test('lets other work be done in between', async () => {
    let turns = 0;
    const count = () => {
      turns += 1;
      next = setImmediate(count);
    };
    let next = setImmediate(count);
    await encryptBytes(Buffer.alloc(8 * MIB));
    clearImmediate(next);
    expect(turns).toBeGreaterThanOrEqual(7);
  });
});

describe('an attachment on disk', () => {
  test('is decrypted on the way to the reader', async () => {
    const plain = randomBytes(2 * MIB + 17);
    const { path, info } = await encryptedFile(plain);
    expect((await buffer(await decryptFile(path, info))).equals(plain)).toBe(true);
  });

  test('gives no stream at all where its last byte is not what was sent', async () => {
    const { path, data, info } = await encryptedFile(randomBytes(MIB + 1));
    data[MIB] = (data[MIB] ?? 0) ^ 1;
    await writeFile(path, data);
    await expect(decryptFile(path, info)).rejects.toMatchObject({ code: 'attachment_mismatch' });
  });

  test('ends in an error where it is changed after it was verified', async () => {
    const { path, info } = await encryptedFile(randomBytes(4 * MIB));
    const plain = await decryptFile(path, info);
    const file = await open(path, 'r+');
    await file.write(Buffer.from('changed'), 0, 7, 3 * MIB);
    await file.close();
    await expect(buffer(plain)).rejects.toMatchObject({ code: 'attachment_mismatch' });
  });

  test('that is not there is an error of the file system', async () => {
    const { info } = await encryptBytes(Buffer.from('x'));
    await expect(decryptFile('/nowhere/at/all', info)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('is let go when its stream is not wanted', async () => {
    const { path, info } = await encryptedFile(randomBytes(10));
    const plain = await decryptFile(path, info);
    const closed = new Promise((resolve) => plain.once('close', resolve));
    plain.destroy();
    await closed;
    expect(plain.destroyed).toBe(true);
  });
});

describe("the binding's attachment", () => {
  test('is opened once, as in the native binding', () => {
    const made = Attachment.encrypt(Buffer.from('once'));
    const again = new EncryptedAttachment(made.encryptedData, made.mediaEncryptionInfo ?? '');
    expect(Buffer.from(Attachment.decrypt(again)).toString()).toBe('once');
    expect([again.hasMediaEncryptionInfoBeenConsumed, again.mediaEncryptionInfo]).toEqual([true, null]);
    expect(() => Attachment.decrypt(again)).toThrow('used already');
  });

  test('says what an event must, and no more', () => {
    const info = JSON.parse(Attachment.encrypt(Buffer.from('x')).mediaEncryptionInfo ?? '');
    const read = new EncryptedAttachment(
      Buffer.from('x'),
      JSON.stringify({ ...info, url: 'mxc://x/y', mimetype: 'a/b' }),
    );
    expect(JSON.parse(read.mediaEncryptionInfo ?? '')).toEqual(info);
  });

  test('shows no key where it is printed', () => {
    const made = Attachment.encrypt(Buffer.from('x'));
    const { k } = JSON.parse(made.mediaEncryptionInfo ?? '').key;
    expect(JSON.stringify(made) + String(made)).not.toContain(k);
  });

  test('that is not what was sent is refused', () => {
    const { mediaEncryptionInfo } = Attachment.encrypt(Buffer.from('x'));
    const other = new EncryptedAttachment(Buffer.from('y'), mediaEncryptionInfo ?? '');
    expect(() => Attachment.decrypt(other)).toThrow(expect.objectContaining({ code: 'attachment_mismatch' }));
  });

  test('needs JSON', () => {
    expect(() => new EncryptedAttachment(Buffer.alloc(0), '{')).toThrow(
      expect.objectContaining({ code: 'invalid_attachment' }),
    );
  });
});
