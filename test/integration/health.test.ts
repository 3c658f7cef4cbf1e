// What a running bot tells of itself over HTTP: its work, its homeserver, and why it is not well.
import { expect, test, vi } from 'vitest';
import { writePdf } from '../fixtures/pdfWriter.ts';
import { freePort } from '../lab/freePort.ts';
import { createRig } from './botRig.ts';

const lease = {
  name: 'lease.pdf',
  bytes: writePdf({ title: 'Lease', pages: [{ lines: ['The rent of the flat is 900 crowns a month.'] }] }),
};

async function rig() {
  const port = await freePort();
  const bot = await createRig({ HTTP_PORT: String(port) });
  const ask = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    return { status: response.status, text: await response.text() };
  };
  return { ...bot, ask };
}

test('an upload that was answered is counted, and the bot is well', async () => {
  const bot = await rig();
  await bot.ended(await bot.post([lease]));
  // The last reply is counted when its sending is over, which is after its member has it.
  await vi.waitFor(async () =>
    expect((await bot.ask('/metrics')).text).toContain('lector_stage_seconds_count{stage="total"} 1'),
  );
  const health = await bot.ask('/health');
  expect(health.status).toBe(200);
  expect(JSON.parse(health.text)).toEqual({
    status: 'healthy',
    reasons: [],
    queueDepth: 0,
    activeJobs: 0,
    waitingJobs: 0,
    jobsProcessed: 1,
    jobsFailed: 0,
    avgProcessingMs: expect.any(Number),
    lastSync: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    llm: { state: 'none', requestsLastMinute: 0, maxPerMinute: null },
  });
  expect(JSON.parse(health.text).avgProcessingMs).toBeGreaterThan(0);
  expect(await bot.ask('/ready')).toEqual({ status: 200, text: '{"ready":true,"reasons":[]}' });

  const { text } = await bot.ask('/metrics');
  const lines = text.split('\n');
  expect(lines).toContain('lector_jobs_total{kind="pdf",outcome="done"} 1');
  expect(lines).toContain('lector_jobs{state="done"} 1');
  expect(lines).toContain('lector_cache_requests_total{outcome="miss"} 1');
  for (const stage of ['queue', 'fetch', 'read', 'think', 'send', 'total']) {
    expect(lines).toContain(`lector_stage_seconds_count{stage="${stage}"} 1`);
  }
});

test('while the homeserver is away the bot is not ready, and says why', async () => {
  const bot = await rig();
  bot.playground.faults.on(({ endpoint, user }) =>
    endpoint === 'sync' && user === bot.botId ? { kind: 'status', status: 502, html: 'down' } : null,
  );
  // Ends the long poll that is under way.
  await bot.anna.sendText(bot.roomId, 'hello');
  await vi.waitFor(async () => expect((await bot.ask('/ready')).status).toBe(503), { timeout: 10_000 });
  expect(JSON.parse((await bot.ask('/ready')).text)).toEqual({ ready: false, reasons: ['the homeserver is away'] });
  const health = await bot.ask('/health');
  expect(health.status).toBe(200);
  expect(JSON.parse(health.text)).toMatchObject({ status: 'degraded', reasons: ['the homeserver is away'] });
  expect((await bot.ask('/metrics')).text).toContain('lector_homeserver_up 0\n');
  bot.playground.faults.clear();
  await vi.waitFor(async () => expect((await bot.ask('/ready')).status).toBe(200), { timeout: 20_000 });
});

test('after the end of the bot nobody answers there', async () => {
  const bot = await rig();
  await bot.app.stop();
  await expect(bot.ask('/health')).rejects.toThrow('fetch failed');
});
