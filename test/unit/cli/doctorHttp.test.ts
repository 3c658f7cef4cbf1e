// What doctor says of the port: free, had by the Lector that runs, by another one, or by something else; and it lets go of it.
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { checkHttp } from '../../../src/cli/doctorHttp.ts';
import { type Health, healthOf } from '../../../src/ops/health.ts';
import { startHttp } from '../../../src/ops/http.ts';
import { createRecordingLog } from '../../fixtures/recordingLog.ts';
import { freePort } from '../../lab/freePort.ts';
import { NOW_MS, wellVitals } from '../ops/vitals.ts';
import { runDoctor, temporaryFolder } from './doctorRig.ts';

const FACTS = { jobsProcessed: 0, jobsFailed: 0, avgProcessingMs: 0, startedAtMs: NOW_MS };
const WELL = healthOf(wellVitals(), FACTS, NOW_MS);
const host = '127.0.0.1';

const look = (port: number | null, isInUse: boolean, token: string | null = null) =>
  checkHttp({ http: { host, port, token } }, isInUse);

async function lectorThatIs(health: Health): Promise<number> {
  const server = await startHttp({
    host,
    port: 0,
    token: null,
    health: () => health,
    ready: () => ({ ready: true, reasons: [] }),
    metrics: async () => '',
    log: createRecordingLog().log,
  });
  onTestFinished(server.close);
  return server.port as number;
}

async function program(answers: RequestListener): Promise<number> {
  const server = createServer(answers).listen(0, host);
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

describe('a port that nobody has', () => {
  test('is free, and stays so', async () => {
    const port = await freePort();
    const free = `port ${port} of 127.0.0.1 is free for /health, /ready and /metrics`;
    for (const _time of [1, 2]) expect(await look(port, false)).toEqual({ state: 'ok', name: 'HTTP', detail: free });
  });

  test('is worth a look when a Lector runs, which should answer there', async () => {
    const port = await freePort();
    expect(await look(port, true)).toMatchObject({
      state: 'doubtful',
      detail: `the Lector that runs does not answer on port ${port} of 127.0.0.1`,
      advice: expect.stringContaining('another HTTP_PORT'),
    });
  });

  test('is not looked for when it is off', async () => {
    expect(await look(null, false)).toEqual({ state: 'ok', name: 'HTTP', detail: 'off: HTTP_PORT is 0 or empty' });
  });

  test('cannot be had at an address of another machine', async () => {
    const http = { host: '192.0.2.1', port: await freePort(), token: 'secret' };
    expect(await checkHttp({ http }, false)).toMatchObject({
      state: 'doubtful',
      detail: `port ${http.port} of 192.0.2.1 cannot be had (EADDRNOTAVAIL)`,
      advice: 'set HTTP_HOST to an address of this machine, such as 127.0.0.1',
    });
  });
});

describe('a port that a Lector has', () => {
  test('is well when it is the one that runs and is healthy', async () => {
    const port = await lectorThatIs(WELL);
    const detail = `the Lector on port ${port} of 127.0.0.1 is healthy`;
    expect(await look(port, true)).toEqual({ state: 'ok', name: 'HTTP', detail });
  });

  test('says what that one lacks', async () => {
    const port = await lectorThatIs({ ...WELL, status: 'down', reasons: ['no sync for 9 minutes'] });
    expect(await look(port, true)).toEqual({
      state: 'doubtful',
      name: 'HTTP',
      detail: `the Lector on port ${port} of 127.0.0.1 is down: no sync for 9 minutes`,
    });
  });

  test('is another one when none runs on this data folder', async () => {
    const port = await lectorThatIs(WELL);
    expect(await look(port, false)).toMatchObject({
      state: 'doubtful',
      detail: `a Lector with another data folder has port ${port} of 127.0.0.1`,
      advice: expect.stringContaining('set HTTP_PORT to another port'),
    });
  });

  test('is told when it wants another token', async () => {
    const port = await program((_request, response) => {
      response.writeHead(401, { 'WWW-Authenticate': 'Bearer realm="lector"' }).end('{}');
    });
    expect(await look(port, true, 'mine')).toMatchObject({
      detail: `the Lector on port ${port} of 127.0.0.1 wants another token`,
      advice: 'set HTTP_TOKEN to the one that it was started with',
    });
  });
});

test.each<[string, RequestListener]>([
  ['a page', (_request, response) => response.end('<h1>Hello</h1>')],
  ['another health', (_request, response) => response.end('{"status":"healthy"}')],
  ['nothing', (request) => request.socket.destroy()],
])('a program that answers with %s is no Lector, and the advice is how to find it', async (_what, answers) => {
  const port = await program(answers);
  expect(await look(port, false)).toMatchObject({
    state: 'doubtful',
    detail: `another program has port ${port} of 127.0.0.1`,
    advice: expect.stringContaining('`ss -ltnp` names it'),
  });
});

test('doctor shows it, and a port that is taken is no failure: the bot works without', async () => {
  const port = await program((_request, response) => response.end('hello'));
  const { code, said } = await runDoctor({ DATA_DIR: temporaryFolder(), HTTP_PORT: `${port}` });
  expect(said).toContain(`\n! HTTP: another program has port ${port} of 127.0.0.1\n    → stop what has it`);
  expect(code).toBe(0);
});
