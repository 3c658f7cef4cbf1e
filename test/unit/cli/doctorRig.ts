// Owns what the tests of doctor share: a folder of their own, and doctor run on variables as an operator sets them.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { parseConfig } from '../../../config/env.ts';
import { doctor } from '../../../src/cli/doctor.ts';
import { createRecordingLog } from '../../fixtures/recordingLog.ts';

/** A folder that goes when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lector-doctor-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** What doctor prints, and its exit code. Without a homeserver or a port among the variables it does not look at one. */
export async function runDoctor(
  env: Record<string, string>,
  remarks: string[] = [],
): Promise<{ code: number; said: string }> {
  const { config } = parseConfig({ SPOOL_MAX_MB: '1', HTTP_PORT: '0', ...env }, 'nothing', () => '');
  const stdout = new PassThrough();
  const code = await doctor({ config, log: createRecordingLog().log, remarks, stdout });
  stdout.end();
  return { code, said: await text(stdout) };
}
