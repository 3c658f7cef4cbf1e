// Owns the proof that a bot that cannot start says why in a line and exits with the code for it.
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, inject, test } from 'vitest';
import { runLector } from './lectorProcess.ts';
import { type BotAccount, createBotAccount, startBotOf } from './scene.ts';

const loginOf = ({ homeserverUrl, userId, password, dataDir }: BotAccount) => ({
  MATRIX_HOMESERVER_URL: homeserverUrl,
  MATRIX_USER: userId,
  MATRIX_PASSWORD: password,
  DATA_DIR: dataDir,
});

test('a wrong password', async () => {
  const account = await createBotAccount();

  const { code, stderr } = await runLector(['start'], { ...loginOf(account), MATRIX_PASSWORD: 'not this one' });

  expect(stderr).toBe(
    `${account.homeserverUrl} refused the login (Invalid username or password): check MATRIX_USER or MATRIX_PASSWORD\n`,
  );
  expect(code).toBe(1);
});

test('wrong variables are all named at once', async () => {
  const { code, stderr } = await runLector(['start'], {
    MATRIX_HOMESERVER_URL: 'matrix.example.org',
    MATRIX_USER: '@lector:example.org',
    QUEUE_MAX_SIZE: '0',
    LOG_LEVEL: 'loud',
    REDIS_URL: 'redis://127.0.0.1',
  });

  expect(stderr.split('\n')).toEqual([
    'The settings are wrong:',
    '  MATRIX_HOMESERVER_URL must be an address that begins with http:// or https://',
    '  QUEUE_MAX_SIZE must be a whole number from 1 to 10000',
    '  LOG_LEVEL must be one of debug, info, warn, error, silent',
    '  REDIS_URL is not supported by this version',
    expect.stringContaining('MATRIX_PASSWORD'),
    '',
  ]);
  expect(code).toBe(2);
});

test('a data folder that another bot works in', async () => {
  const account = await createBotAccount();
  const bot = await startBotOf(account);
  await bot.ready();

  const { code, stderr } = await runLector(['start'], loginOf(account));

  expect(stderr).toBe(`DATA_DIR ${account.dataDir} is in use by another Lector: stop that one first\n`);
  expect(code).toBe(1);
});

test('a database that a newer version has written stays as it is', async () => {
  const account = await createBotAccount();
  const bot = await startBotOf(account);
  await bot.ready();
  await bot.kill('SIGTERM');
  const database = new DatabaseSync(join(account.dataDir, 'lector.db'));
  database.exec('PRAGMA user_version = 9999');
  database.close();

  const { code, stderr } = await runLector(['start'], loginOf(account));

  expect(stderr).toMatch(/newer/);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(code).toBe(1);
});

test('doctor finds everything well on a live homeserver', async () => {
  const account = await createBotAccount(inject('lab').synapseUrl);

  const { code, stdout } = await runLector(['doctor'], loginOf(account));

  expect(stdout).toContain(`✓ Login: ${account.userId}`);
  expect(stdout).toContain('✓ Uploads: the homeserver takes files up to 200 MB');
  expect(stdout).toContain('✓ Language model: none is set');
  expect(stdout).not.toContain('✗');
  expect(code).toBe(0);
});

test('doctor tells a wrong password and what to do', async () => {
  const account = await createBotAccount();

  const { code, stdout } = await runLector(['doctor'], { ...loginOf(account), MATRIX_PASSWORD: 'not this one' });

  expect(stdout).toMatch(/✗ Login: .*Invalid username or password.*\n {4}→ correct MATRIX_USER and MATRIX_PASSWORD/);
  expect(stdout).toContain(`✓ Homeserver: ${account.homeserverUrl}`);
  expect(code).toBe(1);
});
