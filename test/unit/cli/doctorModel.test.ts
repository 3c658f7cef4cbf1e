// What doctor advises about a model server: words that fit what is wrong with it.
import { describe, expect, onTestFinished, test } from 'vitest';
import { createOllamaDouble } from '../../fixtures/ollamaServer.ts';
import { createOpenAiDouble } from '../../fixtures/openaiServer.ts';
import { createScriptedServer, send, sendJson } from '../../fixtures/scriptedServer.ts';
import { runDoctor, temporaryFolder } from './doctorRig.ts';

/** The finding on the model, with its advice. */
async function findingOf(variables: Record<string, string>): Promise<string> {
  const { said } = await runDoctor({ DATA_DIR: temporaryFolder(), ...variables });
  return /. Language model: .*\n(?: {4}→ .*\n)?/.exec(said)?.[0] ?? said;
}

async function serverThatAnswers(status: number, body: unknown): Promise<{ origin: string; host: string }> {
  const server = await createScriptedServer(async (_request, response) =>
    typeof body === 'string' ? send(response, status, 'text/html', body) : sendJson(response, status, body as object),
  );
  onTestFinished(() => server.close());
  return { origin: server.origin, host: new URL(server.origin).host };
}

async function openLocked() {
  const double = await createOpenAiDouble({ apiKey: 'sk-1' });
  onTestFinished(() => double.close());
  return { url: double.url, host: new URL(double.url).host };
}

describe('an OpenAI-compatible server', () => {
  test('that wants a key', async () => {
    const { url, host } = await openLocked();
    expect(await findingOf({ LLM_BASE_URL: url })).toBe(
      `✗ Language model: ${host} answered 401: Incorrect API key provided\n    → It wants a key: set LLM_API_KEY.\n`,
    );
  });

  test('that wants another key', async () => {
    const { url, host } = await openLocked();
    expect(await findingOf({ LLM_BASE_URL: url, LLM_API_KEY: 'sk-2' })).toBe(
      `✗ Language model: ${host} answered 401: Incorrect API key provided\n    → Set LLM_API_KEY to a key that it takes.\n`,
    );
  });

  const ADDRESS = '    → Is LLM_BASE_URL the address of its API? For most servers it ends in /v1.\n';

  test('whose address lacks its /v1', async () => {
    const { origin, host } = await serverThatAnswers(404, { error: { message: 'File Not Found' } });
    expect(await findingOf({ LLM_BASE_URL: origin })).toBe(
      `✗ Language model: ${host} answered 404: File Not Found\n${ADDRESS}`,
    );
  });

  test('that is a web page', async () => {
    const { origin, host } = await serverThatAnswers(200, '<title>Sign in</title>');
    expect(await findingOf({ LLM_BASE_URL: origin })).toBe(
      `✗ Language model: ${host} sent no list of models: <title>Sign in</title>\n${ADDRESS}`,
    );
  });

  test('that is still loading its model', async () => {
    const { origin, host } = await serverThatAnswers(503, { error: { message: 'Loading model' } });
    expect(await findingOf({ LLM_BASE_URL: origin })).toBe(
      `✗ Language model: ${host} answered 503: Loading model\n    → It is there, but not well, or still loading its model: its own log tells more.\n`,
    );
  });

  test('that is not there', async () => {
    const double = await createOpenAiDouble();
    await double.close();
    expect(await findingOf({ LLM_BASE_URL: double.url })).toMatch(
      /ECONNREFUSED.*\n {4}→ Is it running, and is its address right\?\n$/,
    );
  });
});

describe('Ollama', () => {
  const ADDRESS =
    '    → Is OLLAMA_HOST the address of an Ollama server, without a path? Servers of other kinds go into LLM_BASE_URL.\n';

  test('at an address with a path', async () => {
    const double = await createOllamaDouble();
    onTestFinished(() => double.close());
    expect(await findingOf({ OLLAMA_HOST: `${double.url}/v1` })).toBe(
      `✗ Language model: ${new URL(double.url).host} answered 404: 404 page not found\n${ADDRESS}`,
    );
  });

  test('that is another server', async () => {
    const { origin, host } = await serverThatAnswers(200, { hello: 'world' });
    expect(await findingOf({ OLLAMA_HOST: origin })).toBe(`✗ Language model: ${host} is no Ollama server\n${ADDRESS}`);
  });

  test('behind a proxy that wants a login', async () => {
    const { origin, host } = await serverThatAnswers(401, { error: 'who are you?' });
    expect(await findingOf({ OLLAMA_HOST: origin })).toBe(
      `✗ Language model: ${host} answered 401: who are you?\n    → Lector has no login for Ollama. Where a proxy wants a key, set LLM_BASE_URL (to its /v1) and LLM_API_KEY instead.\n`,
    );
  });
});

describe('the context of an OpenAI-compatible server', () => {
  type Told = { entry?: object; props?: object; more?: object[] };

  /** What doctor says after its line on the model, on a server that lists a model with `entry`. */
  async function saidOfContext({ entry = {}, props, more = [] }: Told, variables: Record<string, string> = {}) {
    const server = await createScriptedServer(async ({ path }, response) => {
      if (path === '/v1/models') return sendJson(response, 200, { data: [{ id: 'm', ...entry }, ...more] });
      if (path === '/props' && props) return sendJson(response, 200, props);
      sendJson(response, 404, { error: { message: 'File Not Found' } });
    });
    onTestFinished(() => server.close());
    const env = { DATA_DIR: temporaryFolder(), LLM_BASE_URL: `${server.origin}/v1`, LLM_MODEL: 'm', ...variables };
    const { code, said } = await runDoctor(env);
    expect([code, said]).toEqual([0, expect.stringMatching(/✓ Language model: .*\n/)]);
    return said.replace(/^[\s\S]*✓ Language model: .*\n/, '');
  }
  const WELL = '\nAll is well: `npm start` runs the bot.\n';
  const tooSmall = (tokens: number) =>
    `! Context: the server holds ${tokens} tokens, fewer than LLM_CONTEXT_TOKENS (8192)\n` +
    `    → set LLM_CONTEXT_TOKENS=${tokens}, or give the server a larger context\n` +
    '\nNothing failed, but look at the lines with “!”: `npm start` runs the bot.\n';

  test.each<[string, Told]>([
    ['llama.cpp, in its list', { entry: { owned_by: 'llamacpp', meta: { n_ctx: 4096, n_ctx_train: 131_072 } } }],
    [
      'an older llama.cpp, in its properties',
      {
        entry: { owned_by: 'llamacpp', meta: { n_ctx_train: 131_072 } },
        props: { default_generation_settings: { n_ctx: 4096 } },
      },
    ],
    ['llama.cpp, of a model trained for less', { entry: { owned_by: 'llamacpp', meta: { n_ctx_train: 4096 } } }],
    ['vLLM', { entry: { owned_by: 'vllm', max_model_len: 4096 } }],
    ['a router of many models', { entry: { context_length: 4096 }, more: [{ id: 'n', context_length: 32_768 }] }],
  ])('that is too small is told by %s', async (_server, told) => {
    expect(await saidOfContext(told)).toBe(tooSmall(4096));
  });

  test('is compared for the model that is used when none is named', async () => {
    const told = { entry: { id: 'embed-1', context_length: 512 }, more: [{ id: 'n', context_length: 2048 }] };
    expect(await saidOfContext(told, { LLM_MODEL: '' })).toBe(tooSmall(2048));
  });

  test('too small for any setting is the server’s to mend', async () => {
    const said = await saidOfContext({ entry: { max_model_len: 512 } });
    expect(said).toContain('(8192)\n    → give the server a larger context\n');
  });

  test.each<[string, Told]>([
    ['large enough', { entry: { max_model_len: 8192 } }],
    ['not told', {}],
    ['told in a way that nobody knows', { entry: { max_model_len: 'many', context_length: null, meta: [] } }],
    ['in properties that are closed', { entry: { owned_by: 'llamacpp' } }],
  ])('that is %s is no matter', async (_what, told) => {
    expect(await saidOfContext(told)).toBe(WELL);
  });
});
