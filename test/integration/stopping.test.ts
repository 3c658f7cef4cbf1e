// A stop ends what the bot waits for, from the first request on.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parseConfig } from '../../config/env.ts';
import { createApp } from '../../src/app.ts';
import { createPlayground } from '../../src/playground/playground.ts';
import { createRecordingLog } from '../fixtures/recordingLog.ts';

test('a bot that is stopped while the homeserver hangs at the login has ended at once', async () => {
  const playground = await createPlayground();
  onTestFinished(() => playground.close());
  playground.addUser('lector', 'pw');
  const asked = Promise.withResolvers<void>();
  playground.faults.on(({ endpoint }) => {
    if (endpoint !== 'login') return null;
    asked.resolve();
    return { kind: 'hang' };
  });
  const dataDir = mkdtempSync(join(tmpdir(), 'lector-stopping-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const account = { MATRIX_HOMESERVER_URL: playground.url, MATRIX_USER: 'lector', MATRIX_PASSWORD: 'pw' };
  const { config } = parseConfig({ ...account, DATA_DIR: dataDir, HTTP_PORT: '0' }, 'matrix', () => '');
  const { log, records } = createRecordingLog();
  const app = createApp({ config, clock: Date.now, log });
  const starting = app.start();
  starting.catch(() => undefined);
  await asked.promise;
  await app.stop();
  await expect(starting).rejects.toMatchObject({ name: 'AbortError' });
  expect(records.filter(({ level }) => level === 'warn')).toEqual([]);
});
