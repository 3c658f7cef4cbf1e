// What doctor advises about a homeserver: words that fit what is wrong with it.

import { writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Fault } from '../../../src/playground/faults.ts';
import { createScriptedServer, send, sendJson } from '../../fixtures/scriptedServer.ts';
import { openPlayground } from '../playground/support.ts';
import { runDoctor, temporaryFolder } from './doctorRig.ts';

const PASSWORD = { MATRIX_USER: 'lector', MATRIX_PASSWORD: 'lector-pw' };

async function adviceAt(MATRIX_HOMESERVER_URL: string, variables: Record<string, string> = {}): Promise<string> {
  const env = { DATA_DIR: temporaryFolder(), ...PASSWORD, ...variables, MATRIX_HOMESERVER_URL };
  const { code, said } = await runDoctor(env);
  expect(code, said).toBe(1);
  return said;
}

async function adviceFrom(answer: (response: ServerResponse) => void): Promise<string> {
  const server = await createScriptedServer(async (_request, response) => answer(response));
  onTestFinished(() => server.close());
  return adviceAt(server.origin);
}

const ELSEWHERE =
  '\n    → something else than a homeserver answers there: set MATRIX_HOMESERVER_URL to the address that clients use\n';

describe('an address that is not the homeserver’s', () => {
  test.each<[string, (response: ServerResponse) => void]>([
    ['knows no such page', (response) => send(response, 404, 'text/plain', 'not found')],
    ['answers with a page for people', (response) => send(response, 200, 'text/html', '<title>Welcome</title>')],
    ['answers with JSON of its own', (response) => sendJson(response, 200, { hello: 'world' })],
  ])('%s', async (_what, answer) => {
    expect(await adviceFrom(answer)).toMatch(new RegExp(`✗ Homeserver: .*${ELSEWHERE}`));
  });

  test('leads elsewhere', async () => {
    const said = await adviceFrom((response) => {
      response.writeHead(301, { location: 'https://matrix.example.org/' }).end();
    });
    expect(said).toContain(
      '\n    → it leads to another address: set MATRIX_HOMESERVER_URL to that one (https:// perhaps)\n',
    );
  });

  test('has nobody who answers', async () => {
    const server = await createScriptedServer(async () => undefined);
    await server.close();
    expect(await adviceAt(server.origin)).toMatch(
      /✗ Homeserver: .*ECONNREFUSED.*\n {4}→ check MATRIX_HOMESERVER_URL \(the address that clients use\), and that the homeserver runs\n/,
    );
  });
});

describe('a homeserver', () => {
  const withFault = async (endpoint: string, fault: Fault, variables: Record<string, string> = {}) => {
    const playground = await openPlayground();
    playground.addUser('lector', 'lector-pw');
    playground.faults.on((request) => (request.endpoint === endpoint ? fault : null));
    return adviceAt(playground.url, variables);
  };

  test('that is down behind its proxy', async () => {
    const said = await withFault('versions', { kind: 'status', status: 502, html: '<h1>Bad Gateway</h1>' });
    expect(said).toContain(
      '\n    → a server answers there, but the homeserver behind it is not well: see that it runs\n',
    );
  });

  test('that does not know what it is asked', async () => {
    const body = { errcode: 'M_UNRECOGNIZED', error: 'Unrecognized request' };
    const said = await withFault('mediaConfig', { kind: 'status', status: 404, body });
    expect(said).toMatch(
      /✗ Uploads: .*\n {4}→ it is there and refuses this: its log tells more, and so does its version/,
    );
  });

  test('that refuses the password', async () => {
    const said = await withFault('none', { kind: 'hang' }, { MATRIX_PASSWORD: 'not this one' });
    expect(said).toContain('\n    → correct MATRIX_USER and MATRIX_PASSWORD (or set MATRIX_ACCESS_TOKEN)\n');
  });

  test('that refuses the token', async () => {
    const said = await withFault('none', { kind: 'hang' }, { MATRIX_ACCESS_TOKEN: 'not this one' });
    expect(said).toContain('\n    → correct MATRIX_ACCESS_TOKEN\n');
  });
});

test('a damaged login in the data folder is no matter of the address', async () => {
  const playground = await openPlayground();
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'session.json'), '{');
  expect(await adviceAt(playground.url, { DATA_DIR: folder })).toMatch(
    /✗ Login: .*\n {4}→ let session.json belong to the user that runs Lector, or delete it: the next start logs in anew\n/,
  );
});
