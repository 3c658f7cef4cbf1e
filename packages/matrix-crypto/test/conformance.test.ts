// The package against the type declarations of the native binding: the same names, the same numbers, and what is left out, said.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as binding from '../index.ts';
import { loadWasm } from '../src/wasmModule.ts';
import { createRig } from './support/rig.ts';

const declarations = readFileSync(new URL('fixtures/nativeBinding-0.4.0.txt', import.meta.url), 'utf8');

const blocksOf = (kind: string) =>
  [...declarations.matchAll(new RegExp(`^export (?:declare|const) ${kind} (\\w+) \\{\\n(.*?)^\\}`, 'gms'))].map(
    ([, name, body]) => ({ name: name as string, body: body as string }),
  );

const enums = blocksOf('enum').map(({ name, body }) => ({
  name,
  members: Object.fromEntries([...body.matchAll(/(\w+) = (\d+)/g)].map(([, key, number]) => [key, Number(number)])),
}));
const classes = blocksOf('class').map(({ name, body }) => ({
  name,
  members: [...body.matchAll(/^ {2}(?:static |readonly |get )*(\w+)[(?:]/gm)]
    .map(([, member]) => member as string)
    .filter((member) => member !== 'constructor'),
}));

/** Nothing of matrix-bot-sdk touches these: key backups, signatures made by hand, versions. */
const LEFT_OUT_CLASSES = [
  'BackupDecryptionKey',
  'BackupKeys',
  'DeviceKeyAlgorithm',
  'DeviceKeyId',
  'Ed25519Signature',
  'MegolmV1BackupKey',
  'RoomKeyCounts',
  'SignatureVerification',
  'Versions',
];
const LEFT_OUT_ENUMS = ['DeviceKeyAlgorithmName', 'SignatureState'];
const LEFT_OUT_MEMBERS: Record<string, string[]> = {
  OlmMachine: [
    'saveBackupDecryptionKey',
    'getBackupKeys',
    'verifyBackup',
    'enableBackupV1',
    'isBackupEnabled',
    'disableBackup',
    'backupRoomKeys',
    'exportRoomKeysForSession',
    'roomKeyCounts',
  ],
  Signature: ['ed25519'],
  Signatures: ['addSignature', 'getSignature', 'clear'],
};
/** Plain objects here, which have no class to look into; a machine gives an example of each. */
const PLAIN = [
  'CrossSigningStatus',
  'Curve25519PublicKey',
  'DecryptedRoomEvent',
  'Ed25519PublicKey',
  'IdentityKeys',
  'KeysBackupRequest',
  'KeysClaimRequest',
  'KeysQueryRequest',
  'KeysUploadRequest',
  'MaybeSignature',
  'RoomMessageRequest',
  'ShieldState',
  'Signature',
  'SignatureUploadRequest',
  'ToDeviceRequest',
];

const exported = binding as unknown as Record<string, unknown>;
const without = (names: string[], leftOut: string[]) => names.filter((name) => !leftOut.includes(name));
const instances: Record<string, () => object> = {
  EncryptedAttachment: () => binding.Attachment.encrypt(Buffer.from('x')),
  EncryptionSettings: () => new binding.EncryptionSettings(),
};
/** Methods and accessors of a class, static or not, and what its instances own. */
function membersOf(name: string): string[] {
  const found = exported[name] as { prototype: object };
  const own = instances[name]?.() ?? (name === 'DeviceLists' ? new binding.DeviceLists() : {});
  return [found, found.prototype, own].flatMap((part) => Object.getOwnPropertyNames(part));
}

describe('the native binding', () => {
  test('was read whole', () => {
    expect(enums.map(({ name }) => name)).toContain('RequestType');
    expect(enums).toHaveLength(8);
    expect(classes.map(({ name }) => name)).toContain('OlmMachine');
    expect(classes.find(({ name }) => name === 'OlmMachine')?.members).toContain('receiveSyncChanges');
  });

  test.each(enums.filter(({ name }) => !LEFT_OUT_ENUMS.includes(name)))(
    'has the numbers of $name',
    ({ name, members }) => {
      expect(exported[name]).toMatchObject(members);
    },
  );

  test.each(classes.filter(({ name }) => ![...LEFT_OUT_CLASSES, ...PLAIN].includes(name)))(
    'has the members of $name',
    ({ name, members }) => {
      expect(membersOf(name)).toEqual(expect.arrayContaining(without(members, LEFT_OUT_MEMBERS[name] ?? [])));
    },
  );

  test('has the fields of what machines hand out', async () => {
    const { join } = createRig();
    const [alice, bot] = [await join('@alice:example.org'), await join('@bot:example.org')];
    const event = await alice.say('hello', [bot.userId]);
    await bot.sync();
    await bot.machine.updateTrackedUsers(['@carol:example.org']);
    const { ed25519, curve25519 } = bot.machine.identityKeys;
    const signatures = (await bot.machine.sign('{}')).get(bot.userId) ?? {};
    const maybeSignature = Object.values(signatures)[0];
    const examples: Record<string, object | null | undefined> = {
      CrossSigningStatus: await bot.machine.crossSigningStatus(),
      Curve25519PublicKey: curve25519,
      DecryptedRoomEvent: await bot.decrypt(event),
      Ed25519PublicKey: ed25519,
      IdentityKeys: bot.machine.identityKeys,
      KeysQueryRequest: (await bot.machine.outgoingRequests())[0],
      MaybeSignature: maybeSignature,
      ShieldState: (await bot.decrypt(event)).shieldState(true),
      Signature: maybeSignature?.signature,
    };
    const missing = Object.entries(examples).flatMap(([name, example]) =>
      without(classes.find((known) => known.name === name)?.members ?? [], LEFT_OUT_MEMBERS[name] ?? [])
        .filter((member) => example && !(member in example))
        .map((member) => `${name}.${member}`),
    );
    expect(missing).toEqual([]);
    expect([ed25519.length, maybeSignature?.isValid]).toEqual([32, true]);
  });

  test('shares the names of its numbers with wasm, whose numbers may be others', async () => {
    const module = (await loadWasm()) as unknown as Record<string, object>;
    const names = ['RequestType', 'HistoryVisibility', 'EncryptionAlgorithm', 'ShieldColor', 'TrustRequirement'];
    for (const name of names) {
      expect(Object.keys(module[name] as object)).toEqual(
        expect.arrayContaining(Object.keys(exported[name] as object)),
      );
    }
    const codes = Object.keys(module.ShieldStateCode as object).filter((key) => Number.isNaN(Number(key)));
    expect(Object.keys(binding.ShieldStateCode)).toEqual(expect.arrayContaining(codes));
  });
});
