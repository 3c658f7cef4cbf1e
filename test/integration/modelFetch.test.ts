// Owns the tests of the fetch under the model clients: bounded in bytes, patient with slow models.
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { createBoundedFetch, MAX_RESPONSE_BYTES, ResponseTooLarge } from '../../src/llm/boundedFetch.ts';
import { createScriptedServer, type Handler, type ScriptedServer, send } from '../fixtures/scriptedServer.ts';

let server: ScriptedServer | undefined;

afterEach(async () => {
  await server?.close();
});

async function fetchFrom(handle: Handler, patienceMs = 1_000): Promise<Response> {
  server = await createScriptedServer(handle);
  return createBoundedFetch(patienceMs)(server.origin);
}

describe('createBoundedFetch', () => {
  it('passes status, headers and body on', async () => {
    const response = await fetchFrom(async (_request, reply) => send(reply, 418, 'text/plain', 'tea', { 'x-a': 'b' }));
    expect([response.status, response.headers.get('x-a'), await response.text()]).toEqual([418, 'b', 'tea']);
  });

  it('takes a body of exactly the cap, and fails one byte over it', async () => {
    const body = 'x'.repeat(MAX_RESPONSE_BYTES);
    const whole = await fetchFrom(async (_request, reply) => send(reply, 200, 'text/plain', body));
    expect((await whole.text()).length).toBe(MAX_RESPONSE_BYTES);
    await server?.close();
    const over = await fetchFrom(async (_request, reply) => send(reply, 200, 'text/plain', `${body}x`));
    await expect(over.text()).rejects.toBeInstanceOf(ResponseTooLarge);
  });

  it('counts the bytes of a packed body as they unfold', async () => {
    const packed = gzipSync(Buffer.alloc(MAX_RESPONSE_BYTES + 1));
    const response = await fetchFrom(async (_request, reply) => {
      reply.writeHead(200, { 'content-encoding': 'gzip' }).end(packed);
    });
    await expect(response.text()).rejects.toBeInstanceOf(ResponseTooLarge);
  });

  it("works with more patience than Node's own five minutes", async () => {
    const response = await fetchFrom(async (_request, reply) => send(reply, 200, 'text/plain', 'late'), 600_000);
    expect(await response.text()).toBe('late');
  });
});
