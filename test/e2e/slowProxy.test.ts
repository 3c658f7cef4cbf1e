// Owns the proof that the slow proxy before the language model shows clients what it claims to.
import { expect, inject, onTestFinished, test } from 'vitest';
import { createSlowProxy, type SlowProxy } from '../lab/slowProxy.ts';

async function proxyBeforeModel(delayMs = 0): Promise<SlowProxy> {
  const proxy = await createSlowProxy({ targetUrl: inject('lab').llmUrl, delayMs });
  onTestFinished(proxy.close);
  return proxy;
}

function ask(proxy: SlowProxy, signal: AbortSignal | null = null): Promise<Response> {
  const body = JSON.stringify({ max_tokens: 5, messages: [{ role: 'user', content: 'Sum up.' }] });
  return fetch(`${proxy.url}/chat/completions`, { method: 'POST', body, signal });
}

test('calls reach the model, are counted, and stand before it together', async () => {
  const proxy = await proxyBeforeModel(300);

  const answers = await Promise.all([ask(proxy), ask(proxy), ask(proxy)]);
  const models = await fetch(`${proxy.url}/models`);

  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(await answers[0]?.json()).toMatchObject({ usage: { completion_tokens: 5 } });
  expect(await models.json()).toMatchObject({ data: [{ id: 'lector-lab' }] });
  expect({ calls: proxy.calls(), most: proxy.maxConcurrent() }).toEqual({ calls: 3, most: 3 });
});

test('a call after the other never counts as two at once', async () => {
  const proxy = await proxyBeforeModel();

  await (await ask(proxy)).text();
  await (await ask(proxy)).text();

  expect({ calls: proxy.calls(), most: proxy.maxConcurrent() }).toEqual({ calls: 2, most: 1 });
});

test('it refuses by limit and by failure when told, and passes again', async () => {
  const proxy = await proxyBeforeModel();

  proxy.setMode('429');
  const limited = await ask(proxy);
  proxy.setMode('500');
  const failed = await ask(proxy);
  proxy.setMode('pass');
  const passed = await ask(proxy);

  expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '1']);
  expect([failed.status, failed.headers.get('content-type')]).toEqual([500, 'text/html']);
  expect(passed.status).toBe(200);
});

test('it breaks off the connection', async () => {
  const proxy = await proxyBeforeModel();
  proxy.setMode('disconnect');

  await expect(ask(proxy)).rejects.toThrow('fetch failed');
});

test('a call that hangs lasts until the client gives up', async () => {
  const proxy = await proxyBeforeModel();
  proxy.setMode('hang');
  const patience = new AbortController();

  const asked = ask(proxy, patience.signal);
  await proxy.received(1);
  patience.abort(new Error('out of patience'));

  await expect(asked).rejects.toThrow('out of patience');
});
