// The HTTP server, asked as Prometheus, a container's health check and strangers do.
import { once } from 'node:events';
import { request } from 'node:http';
import { type AddressInfo, connect, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Health } from '../../src/ops/health.ts';
import { type HttpDeps, type HttpServer, startHttp } from '../../src/ops/http.ts';
import { createRecordingLog, type LogRecord } from '../fixtures/recordingLog.ts';

const WELL: Health = {
  status: 'healthy',
  reasons: [],
  queueDepth: 0,
  activeJobs: 1,
  waitingJobs: 0,
  jobsProcessed: 12,
  jobsFailed: 0,
  avgProcessingMs: 800,
  lastSync: '2026-01-15T11:59:50.000Z',
  llm: { state: 'none', requestsLastMinute: 0, maxPerMinute: null },
};
const TOKEN = 'token-of-the-operator';

type Rig = { server: HttpServer; url: string; records: LogRecord[] };

async function rig(changed: Partial<HttpDeps> = {}): Promise<Rig> {
  const { log, records } = createRecordingLog();
  const server = await startHttp({
    host: '127.0.0.1',
    port: 0,
    token: null,
    health: () => WELL,
    ready: () => ({ ready: true, reasons: [] }),
    metrics: async () => 'lector_queue_depth 0\n',
    log,
    ...changed,
  });
  onTestFinished(() => server.close());
  return { server, url: `http://127.0.0.1:${server.port}`, records };
}

/** What stands on the wire in answer to `sent`, until the other side closes. */
async function raw({ server }: Rig, sent: string): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port: server.port as number });
  onTestFinished(() => void socket.destroy());
  socket.write(sent);
  return await text(socket);
}

describe('a machine that looks after itself', () => {
  test('reads its health as JSON that nobody keeps', async () => {
    const { url } = await rig();
    const response = await fetch(`${url}/health`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('application/json');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toEqual(WELL);
  });

  test('a bot that is degraded is alive, one that is down is not', async () => {
    let status: Health['status'] = 'degraded';
    const { url } = await rig({ health: () => ({ ...WELL, status, reasons: ['the disk is full'] }) });
    expect((await fetch(`${url}/health`)).status).toBe(200);
    status = 'down';
    const down = await fetch(`${url}/health`);
    expect(down.status).toBe(503);
    expect(await down.json()).toMatchObject({ status: 'down', reasons: ['the disk is full'] });
  });

  test('a bot that is not ready says why', async () => {
    const { url } = await rig({ ready: () => ({ ready: false, reasons: ['the homeserver is away'] }) });
    const response = await fetch(`${url}/ready`);
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({ ready: false, reasons: ['the homeserver is away'] });
  });

  test('a bot that is ready says so', async () => {
    const response = await fetch(`${(await rig()).url}/ready`);
    expect([response.status, await response.json()]).toEqual([200, { ready: true, reasons: [] }]);
  });

  test('Prometheus reads the metrics in its format', async () => {
    const { url } = await rig();
    const response = await fetch(`${url}/metrics`);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await response.text()).toBe('lector_queue_depth 0\n');
  });

  test.each(['/health', '/ready', '/metrics'])('HEAD %s has the status and no body', async (path) => {
    const response = await fetch(`${(await rig()).url}${path}`, { method: 'HEAD' });
    expect([response.status, await response.text()]).toEqual([200, '']);
  });

  test('a check by HTTP/1.0, without a host, is answered', async () => {
    const answer = await raw(await rig(), 'GET /health HTTP/1.0\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(answer).toContain('"status":"healthy"');
  });
});

describe('what is not there', () => {
  test.each(['/', '/health/', '/healthz', '/metrics/../secrets'])('%s is told as JSON', async (path) => {
    const server = await rig();
    const answer = await raw(server, `GET ${path} HTTP/1.1\r\nHost: lector\r\nConnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
    expect(answer).toContain('{"error":"there is nothing here but /health, /ready, /metrics"}');
  });

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('%s is no way to ask for health', async (method) => {
    const response = await fetch(`${(await rig()).url}/health`, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, HEAD');
    expect(await response.json()).toEqual({ error: 'only GET and HEAD are answered here' });
  });
});

describe('from outside of the machine', () => {
  const outside = { host: '0.0.0.0', token: TOKEN };
  const ask = (url: string, path: string, authorization?: string) =>
    fetch(`${url}${path}`, { headers: authorization === undefined ? {} : { authorization } });

  test.each(['/health', '/ready', '/metrics', '/'])('%s needs the token', async (path) => {
    const { url } = await rig(outside);
    for (const wrong of [undefined, 'Bearer wrong', `Basic ${TOKEN}`]) {
      const response = await ask(url, path, wrong);
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toBe('Bearer realm="lector"');
      expect(await response.text()).not.toContain('healthy');
    }
  });

  test('what a request says of where it comes from opens nothing', async () => {
    const server = await rig(outside);
    const headers = ['Host: localhost', 'X-Forwarded-For: 127.0.0.1', 'Forwarded: for=127.0.0.1', 'Connection: close'];
    expect(await raw(server, `GET /health HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 401 /);
  });

  test('the token opens', async () => {
    const { url } = await rig(outside);
    const response = await ask(url, '/health', `Bearer ${TOKEN}`);
    expect([response.status, await response.json()]).toEqual([200, WELL]);
    expect((await ask(url, '/', `Bearer ${TOKEN}`)).status).toBe(404);
  });
});

test('on this machine a token closes all but the three', async () => {
  const { url } = await rig({ token: TOKEN });
  expect((await fetch(`${url}/health`)).status).toBe(200);
  expect((await fetch(`${url}/`)).status).toBe(401);
});

describe('when something is wrong', () => {
  test('a port that is taken is warned of, and the bot goes on', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void other.close());
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { server, records } = await rig({ port });
    expect(server.port).toBeNull();
    expect(records).toEqual([
      {
        level: 'warn',
        message: 'HTTP_PORT cannot be used: there is no /health, /ready and /metrics',
        host: '127.0.0.1',
        port,
        reason: expect.stringContaining('EADDRINUSE'),
      },
    ]);
    await server.close();
  });

  test('an address that is not of this machine is warned of', async () => {
    const { server, records } = await rig({ host: '192.0.2.1', token: TOKEN });
    expect(server.port).toBeNull();
    expect(records[0]).toMatchObject({ level: 'warn', reason: expect.stringContaining('EADDRNOTAVAIL') });
  });

  test('a bot that cannot tell how it is is down, and the client reads nothing of the error', async () => {
    const { url, records } = await rig({
      health: () => {
        throw new Error('no such table in /data/lector.db');
      },
    });
    const response = await fetch(`${url}/health`);
    expect([response.status, await response.json()]).toEqual([
      503,
      { status: 'down', reasons: ['the bot cannot tell how it is; the log says why'] },
    ]);
    expect(records.find(({ level }) => level === 'warn')).toMatchObject({ message: 'health cannot be told' });
  });

  test('metrics that cannot be told fail that request alone', async () => {
    let isBroken = true;
    const { url } = await rig({
      metrics: async () => {
        if (isBroken) throw new Error('no such table in /data/lector.db');
        return 'lector_queue_depth 0\n';
      },
    });
    const response = await fetch(`${url}/metrics`);
    expect([response.status, await response.json()]).toEqual([
      500,
      { error: 'this could not be told; the log says why' },
    ]);
    isBroken = false;
    expect((await fetch(`${url}/metrics`)).status).toBe(200);
  });

  test('a client that sends half a request is hung up on', async () => {
    const answer = await raw(await rig(), 'GET /health HTTP/1.1\r\nHost: lec');
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  });

  test('a request with a body of many megabytes is answered without reading it', async () => {
    const { url } = await rig();
    const asking = request(`${url}/metrics`, { method: 'POST', headers: { 'Content-Length': 50_000_000 } });
    onTestFinished(() => void asking.destroy());
    asking.on('error', () => undefined);
    asking.write('a');
    const [response] = await once(asking, 'response');
    expect(response.statusCode).toBe(405);
  });

  test('headers of many kilobytes are refused', async () => {
    const answer = await raw(
      await rig(),
      `GET /health HTTP/1.1\r\nHost: lector\r\nX-Long: ${'a'.repeat(9_000)}\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
  });
});

test('the end does not wait for clients that keep their connection', async () => {
  const { server, url } = await rig();
  const kept = connect({ host: '127.0.0.1', port: server.port as number });
  kept.write('GET /health HTTP/1.1\r\nHost: lector\r\n\r\n');
  await once(kept, 'data');
  const ended = once(kept, 'close');
  await server.close();
  await ended;
  await expect(fetch(`${url}/health`)).rejects.toThrow('fetch failed');
});

test('the globals of the process stay its own', async () => {
  const before = [globalThis.Request, globalThis.Response];
  await rig();
  expect([globalThis.Request, globalThis.Response]).toEqual(before);
});
