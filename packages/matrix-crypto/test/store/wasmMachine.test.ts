// Owns the proof that the real crypto library lives on this store: it finds its keys and sessions again.
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type CryptoStore, openCryptoStore } from '../../src/store/cryptoStore.ts';
import { openStore, storePath } from './storeFolder.ts';
import { type Device, decrypt, encrypt, exchange, loadWasm, openDevice, receive, shareKey, tell } from './wasmRig.ts';

beforeAll(async () => {
  await loadWasm();
});

/** Opens a device, runs `work` on it, closes it and its store. */
async function once<T>(
  path: string,
  work: (device: Device, store: CryptoStore) => Promise<T>,
  passphrase?: string,
): Promise<T> {
  const store = openCryptoStore(path);
  try {
    const device = await openDevice(store, '@bot:example.org', 'BOT', passphrase);
    return await work(device, store).finally(() => device.machine.close());
  } finally {
    await store.close();
  }
}

const identityKeys = async ({ machine }: Device) => machine.identityKeys.ed25519.toBase64();

describe('a machine of the crypto library on the store', () => {
  it('is the same device after it was closed and opened again', async () => {
    const path = storePath();
    const first = await once(path, identityKeys);
    expect(await once(path, identityKeys)).toBe(first);
  });

  it('is the same device with a passphrase, which seals what it writes', async () => {
    const path = storePath();
    const first = await once(path, identityKeys, 'correct horse');
    expect(await once(path, identityKeys, 'correct horse')).toBe(first);
    await expect(once(path, identityKeys, 'wrong horse')).rejects.toThrow('failed to be decrypted');
    await expect(once(path, identityKeys)).rejects.toThrow();
  });

  it('has nothing of its account in the file in clear where there is a passphrase', async () => {
    const paths = { clear: storePath(), sealed: storePath() };
    await once(paths.clear, identityKeys);
    await once(paths.sealed, identityKeys, 'correct horse');
    // The library writes its JSON in base64.
    const account = Buffer.from('{"user_id":"@bot:example.org"').toString('base64').slice(0, 36);
    expect(readFileSync(paths.clear).includes(account)).toBe(true);
    expect(readFileSync(paths.sealed).includes(account)).toBe(false);
  });

  it('reads what was sent before and after a restart of both sides, with the keys of before', async () => {
    const paths = { bot: storePath(), member: storePath() };
    const server = exchange();
    const bodies: unknown[] = [];
    for (const round of ['before', 'after']) {
      const botStore = openStore(paths.bot);
      const memberStore = openStore(paths.member);
      const bot = await openDevice(botStore, '@bot:example.org', 'BOT');
      const member = await openDevice(memberStore, '@member:example.org', 'MEMBER');
      if (round === 'before') {
        for (const device of [bot, member]) await tell(device, server);
        await shareKey(bot, [member], server);
        await receive(member, server);
      }
      bodies.push((await decrypt(member, await encrypt(bot, round))).body);
      for (const device of [bot, member]) device.machine.close();
      await Promise.all([botStore.close(), memberStore.close()]);
    }
    expect(bodies).toEqual(['before', 'after']);
  });

  it('keeps its cross-signing keys', async () => {
    const path = storePath();
    const seed = await once(path, async ({ machine }) => {
      await machine.bootstrapCrossSigning(false);
      return (await machine.exportCrossSigningKeys())?.masterKey;
    });
    expect(seed).toMatch(/^[\w+/]{43}$/);
    const kept = await once(path, async ({ machine }) => {
      const { hasMaster, hasSelfSigning, hasUserSigning } = await machine.crossSigningStatus();
      return [hasMaster, hasSelfSigning, hasUserSigning, (await machine.exportCrossSigningKeys())?.masterKey];
    });
    expect(kept).toEqual([true, true, true, seed]);
  });

  it('imports room keys and exports them again', async () => {
    const exported = await once(storePath(), async (bot) => {
      const server = exchange();
      await tell(bot, server);
      await shareKey(bot, [], server);
      return bot.machine.exportRoomKeys(() => true);
    });
    const path = storePath();
    await once(path, ({ machine }) => machine.importExportedRoomKeys(exported, () => undefined));
    const again = await once(path, ({ machine }) => machine.exportRoomKeys(() => true));
    const sessions = (json: string) =>
      (JSON.parse(json) as { session_id: string; session_key: string }[]).map(({ session_id }) => session_id);
    expect(sessions(again)).toEqual(sessions(exported));
    expect(sessions(again)).toHaveLength(1);
  });

  it('refuses another device, whose keys are not in the store', async () => {
    const path = storePath();
    await once(path, identityKeys);
    const store = openStore(path);
    await expect(openDevice(store, '@bot:example.org', 'OTHER')).rejects.toThrow("doesn't match");
  });
});
