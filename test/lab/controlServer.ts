// Owns the lab's switch: tests run in other processes than the lab and stop and start its servers through it.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Lab, LabServerName } from './lab.ts';

export type ControlServer = { url: string; close(): Promise<void> };

/** `POST {url}/{server name}/stop` and `/start` on 127.0.0.1; each answers 204 when it is done, 500 with the reason when it failed. */
export async function serveControl(servers: Lab['servers']): Promise<ControlServer> {
  const http = createServer(async (request, response) => {
    const [, name, action] = (request.url ?? '').split('/');
    const server = servers[name as LabServerName];
    if (!server || (action !== 'stop' && action !== 'start')) {
      response.writeHead(404).end();
      return;
    }
    try {
      await server[action]();
      response.writeHead(204).end();
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const address = http.address();
  if (address === null || typeof address === 'string') throw new Error('the control server has no TCP port');

  async function close(): Promise<void> {
    http.closeAllConnections();
    http.close();
    await once(http, 'close');
  }

  return { url: `http://127.0.0.1:${address.port}`, close };
}
