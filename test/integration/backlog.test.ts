// Uploads that failed, tried again by the command `backlog` on the data folder of a bot that has stopped.
import { expect, onTestFinished, test } from 'vitest';
import { parseConfig } from '../../config/env.ts';
import { backlog } from '../../src/cli/backlog.ts';
import { createOpenAiDouble, type OpenAiDouble } from '../fixtures/openaiServer.ts';
import { writePdf } from '../fixtures/pdfWriter.ts';
import { createRecordingLog } from '../fixtures/recordingLog.ts';
import { createSaid } from '../unit/cli/said.ts';
import { createRig, type Rig } from './botRig.ts';

const lease = {
  name: 'lease.pdf',
  bytes: writePdf({ title: 'Lease', pages: [{ lines: ['The rent of the flat is 900 crowns a month.'] }] }),
};

/** A room where a lease failed, since the model gave no answer that could be used; the bot has stopped. */
async function roomWithFailure(
  model: OpenAiDouble,
): Promise<{ rig: Rig; eventId: string; env: Record<string, string> }> {
  const env = { LLM_BASE_URL: model.url, LLM_MODEL: 'double-1', LLM_FALLBACK: 'false', HTTP_PORT: '0' };
  model.script(() => ({ kind: 'answer', text: '' }));
  const rig = await createRig(env);
  const [eventId] = (await rig.post([lease])) as [string];
  const [upload] = await rig.ended([eventId]);
  expect(upload?.reactions).toContainEqual({ key: '❌', sender: rig.botId });
  await rig.app.stop();
  return { rig, eventId, env };
}

async function run(rig: Rig, env: Record<string, string>) {
  const out = createSaid();
  const err = createSaid();
  const all = {
    MATRIX_HOMESERVER_URL: rig.playground.url,
    MATRIX_USER: 'lector',
    MATRIX_PASSWORD: 'only for the first login',
    DATA_DIR: rig.dataDir,
    SHUTDOWN_TIMEOUT_SECONDS: '5',
    ...env,
  };
  const code = await backlog({
    config: parseConfig(all, 'matrix', () => '').config,
    log: createRecordingLog().log,
    sinceMs: null,
    list: false,
    json: false,
    stdout: out.stream,
    stderr: err.stream,
    onSignal: () => undefined,
    clock: Date.now,
  });
  return { code, stdout: out.text(), stderr: err.text() };
}

const isMark = (key: string, eventId: string) => (event: { content: Record<string, unknown> }) => {
  const relation = event.content['m.relates_to'] as { event_id?: string; key?: string } | undefined;
  return relation?.event_id === eventId && relation.key === key;
};

test('once the model gives answers again, the upload is answered, and the operator is told', async () => {
  const model = await createOpenAiDouble({ models: ['double-1'] });
  onTestFinished(() => model.close());
  const { rig, eventId, env } = await roomWithFailure(model);
  model.script(() => ({ kind: 'answer', text: 'A lease of a flat for 900 crowns a month (p. 1).' }));
  const { code, stdout, stderr } = await run(rig, env);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('lease.pdf  the language model gave no usable answer  0\n');
  expect(stdout).toContain('1 upload is in line again, and tried here; Ctrl-C leaves them to the next start.\n');
  expect(stdout).toMatch(/\nlease\.pdf: answered\n$/);
  await rig.anna.waitFor(rig.roomId, isMark('✅', eventId), { description: '✅ on the upload' });
  const [upload] = await rig.ended([eventId]);
  expect(upload?.replies.map(({ body }) => body)).toEqual([
    expect.stringContaining('A lease of a flat for 900 crowns a month (p. 1).'),
  ]);
});

test('what fails again is told, and stays among those that failed', async () => {
  const model = await createOpenAiDouble({ models: ['double-1'] });
  onTestFinished(() => model.close());
  const { rig, env } = await roomWithFailure(model);
  const first = await run(rig, env);
  expect(first.code).toBe(1);
  expect(first.stdout).toMatch(/\nlease\.pdf: failed again \(the language model gave no usable answer\)\n$/);
  const second = await run(rig, env);
  expect(second.stdout).toContain('lease.pdf  the language model gave no usable answer  1\n');
});
