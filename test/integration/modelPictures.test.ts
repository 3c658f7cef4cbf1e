// Owns the tests of pictures and schemas over HTTP, in both protocols: the very bytes arrive, and refusals are learnt from.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AnswerSchema, Model } from '../../src/domain/model.ts';
import { createGuardedModel } from '../../src/llm/guard.ts';
import { createOllamaModel } from '../../src/llm/ollama.ts';
import { createOpenAiModel } from '../../src/llm/openai.ts';
import { createOllamaDouble, type OllamaDouble, type OllamaReply } from '../fixtures/ollamaServer.ts';
import { createOpenAiDouble, type OpenAiDouble, type OpenAiReply } from '../fixtures/openaiServer.ts';
import { createRecordingLog } from '../fixtures/recordingLog.ts';

/** Every byte there is, in a view with an offset, as pictures come from threads. */
const BYTES = new Uint8Array(new Uint8Array(260).map((_, index) => index).buffer, 4, 256);
const FIRST = { mime: 'image/jpeg' as const, bytes: BYTES };
const SECOND = { mime: 'image/jpeg' as const, bytes: BYTES.slice(0, 100) };
const SCHEMA: AnswerSchema = {
  name: 'kinds',
  schema: {
    type: 'object',
    properties: { kind: { enum: ['invoice', 'letter'] } },
    required: ['kind'],
    additionalProperties: false,
  },
};
const LIMITS = { contextTokens: 8192, timeoutMs: 30_000 };

type Request = { images?: (typeof FIRST)[]; schema?: AnswerSchema; signal?: AbortSignal };
function ask(model: Model, { images, schema, signal = new AbortController().signal }: Request = {}) {
  return model.complete({ system: 'Be brief.', user: 'What is it?', maxOutputTokens: 300, images, schema, signal });
}

function guarded(model: Model) {
  const { log, records } = createRecordingLog();
  return { model: createGuardedModel(model, { timeoutMs: 30_000, log, sleep: async () => {} }), records };
}

describe('the OpenAI protocol', () => {
  let double: OpenAiDouble;
  let model: Model;
  beforeEach(async () => {
    double = await createOpenAiDouble();
    model = createOpenAiModel({ baseUrl: double.url, model: 'double-1', ...LIMITS });
  });
  afterEach(() => double.close());

  const refuse = (message: string, status = 400): OpenAiReply => ({
    kind: 'status',
    status,
    body: { error: { message, type: 'invalid_request_error', param: null, code: null } },
  });

  it('carries pictures as data URLs before the words', async () => {
    await ask(model, { images: [FIRST, SECOND] });
    const [chat] = double.chats;
    expect(chat?.images.map(({ mime, bytes }) => ({ mime, bytes: [...bytes] }))).toEqual([
      { mime: 'image/jpeg', bytes: [...FIRST.bytes] },
      { mime: 'image/jpeg', bytes: [...SECOND.bytes] },
    ]);
    const part = (type: string) => expect.objectContaining({ type });
    expect(chat?.body.messages).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: [part('image_url'), part('image_url'), { type: 'text', text: 'What is it?' }] },
    ]);
    expect(chat?.user).toBe('What is it?');
  });

  it('holds the server to a schema', async () => {
    await ask(model, { schema: SCHEMA });
    expect(double.chats[0]?.body.response_format).toEqual({
      type: 'json_schema',
      json_schema: { name: 'kinds', schema: SCHEMA.schema, strict: true },
    });
  });

  it('asks with less after a refusal, down to none, and remembers', async () => {
    const type = (chat: { body: Record<string, unknown> }) =>
      (chat.body.response_format as { type?: string } | undefined)?.type;
    double.script((chat) =>
      type(chat) === undefined ? { kind: 'answer' } : refuse('This response_format type is unavailable now'),
    );
    await ask(model, { schema: SCHEMA });
    await ask(model, { schema: SCHEMA });
    expect(double.chats.map(type)).toEqual(['json_schema', 'json_schema', 'json_object', undefined, undefined]);
  });

  it('speaks as newer models want it and with a schema at once', async () => {
    double.script(({ body }) => {
      if ('max_tokens' in body) return { kind: 'unsupported', parameter: 'max_tokens' };
      if (body.response_format) return refuse('json_schema is not supported');
      return { kind: 'answer' };
    });
    await ask(model, { schema: SCHEMA, images: [FIRST] });
    const last = double.chats.at(-1);
    expect(last?.body).toMatchObject({ max_completion_tokens: 300 });
    expect([...(last?.images[0]?.bytes ?? [])]).toEqual([...FIRST.bytes]);
  });

  it.each([
    ['OpenAI', refuse('Invalid content type. image_url is only supported by certain models.')],
    [
      'llama.cpp',
      refuse('image input is not supported - hint: if this is unexpected, you may need to provide the mmproj', 500),
    ],
    [
      'older vLLM',
      { kind: 'status', status: 400, body: { object: 'error', message: 'm is not a multimodal model None' } },
    ],
    [
      'LM Studio',
      { kind: 'status', status: 400, body: { error: 'Model does not support images. Please use a model that does.' } },
    ],
    [
      'OpenRouter',
      {
        kind: 'status',
        status: 404,
        body: { error: { message: 'No endpoints found that support image input', code: 404 } },
      },
    ],
    [
      'a router that answers 200',
      {
        kind: 'status',
        status: 200,
        body: { error: { message: 'This model does not support image input', code: 400 } },
      },
    ],
  ] as [string, OpenAiReply][])('learns from %s that the model takes no pictures', async (_server, reply) => {
    const subject = guarded(model);
    double.script(({ images }) => (images.length > 0 ? reply : { kind: 'answer' }));
    await expect(ask(subject.model, { images: [FIRST], schema: SCHEMA })).rejects.toMatchObject({
      code: 'model_cannot_see',
    });
    expect(subject.model.vision).toBe('no');
    await expect(ask(subject.model, { images: [FIRST] })).rejects.toMatchObject({ code: 'model_cannot_see' });
    expect(double.chats).toHaveLength(1);
    await expect(ask(subject.model)).resolves.toMatchObject({ finish: 'stop' });
  });

  it('sends no picture to a server that says beforehand that it takes none', async () => {
    const blind = await createOpenAiDouble({ about: { architecture: { input_modalities: ['text'] } } });
    const other = createOpenAiModel({ baseUrl: blind.url, model: 'double-1', ...LIMITS });
    await expect(ask(other, { images: [FIRST] })).rejects.toMatchObject({ code: 'model_cannot_see' });
    expect(blind.requests.map(({ path }) => path)).toEqual(['/v1/models']);
    await blind.close();
  });

  it('knows after the first picture, and asks the server once only', async () => {
    expect(model.vision).toBe('unknown');
    await ask(model, { images: [FIRST] });
    await ask(model, { images: [FIRST] });
    expect(model.vision).toBe('yes');
    expect(double.requests.map(({ path }) => path)).toEqual([
      '/v1/models',
      '/v1/chat/completions',
      '/v1/chat/completions',
    ]);
  });

  it('names the setting that is wrong when the server has no such model for pictures', async () => {
    double.script(() => ({ kind: 'status', status: 404 }));
    const bare = createOpenAiModel({
      baseUrl: double.url,
      model: 'seer',
      modelVariable: 'LLM_VISION_MODEL',
      ...LIMITS,
    });
    await expect(ask(bare, { images: [FIRST] })).rejects.toMatchObject({
      message: expect.stringContaining('check LLM_VISION_MODEL'),
    });
  });

  it('sends the same picture again after a failure', async () => {
    const subject = guarded(model);
    double.script((_chat, index) => (index === 0 ? { kind: 'status', status: 503 } : { kind: 'answer' }));
    await ask(subject.model, { images: [FIRST], schema: SCHEMA });
    expect(double.chats.map(({ images }) => [...(images[0]?.bytes ?? [])])).toEqual([
      [...FIRST.bytes],
      [...FIRST.bytes],
    ]);
    expect(double.chats[1]?.body).toEqual(double.chats[0]?.body);
  });

  it('takes a picture that cannot be decoded for a failure, not for blindness', async () => {
    double.script(() => refuse('Failed to load image or audio file'));
    await expect(ask(model, { images: [FIRST] })).rejects.toMatchObject({ code: 'model_failed' });
    expect(model.vision).toBe('unknown');
  });

  it('ends with the caller in the middle of a picture, and hangs up', async () => {
    const caller = new AbortController();
    double.script(() => ({ kind: 'hang' }));
    const answer = ask(model, { images: [FIRST], signal: caller.signal });
    const request = await double.received(2);
    caller.abort(new Error('shutting down'));
    await expect(answer).rejects.toThrow('shutting down');
    await request.abandoned;
  });
});

describe("Ollama's protocol", () => {
  let double: OllamaDouble;
  let model: Model;
  const start = async (capabilities?: string[]) => {
    double = await createOllamaDouble(capabilities ? { capabilities } : {});
    model = createOllamaModel({ host: double.url, model: 'double', ...LIMITS });
  };
  afterEach(() => double.close());

  it('carries pictures as base64 beside the words, and the schema as the format', async () => {
    await start(['completion', 'vision']);
    await ask(model, { images: [FIRST, SECOND], schema: SCHEMA });
    const [chat] = double.chats;
    expect(chat?.images.map((bytes) => [...bytes])).toEqual([[...FIRST.bytes], [...SECOND.bytes]]);
    expect(chat?.user).toBe('What is it?');
    expect(chat?.body).toMatchObject({ format: SCHEMA.schema, think: false, stream: true });
    expect(model.vision).toBe('yes');
  });

  it('says nothing of pictures or formats where there are none', async () => {
    await start(['completion']);
    await ask(model);
    expect(double.chats[0]?.body).not.toHaveProperty('format');
    expect(double.chats[0]?.body.messages).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'What is it?' },
    ]);
    expect(double.requests.map(({ path }) => path)).toEqual(['/api/chat']);
  });

  it('sends no picture to a model whose server says that it takes none', async () => {
    await start(['completion', 'tools']);
    await expect(ask(model, { images: [FIRST] })).rejects.toMatchObject({ code: 'model_cannot_see' });
    expect(double.requests.map(({ path }) => path)).toEqual(['/api/show']);
    expect(model.vision).toBe('no');
  });

  it.each([
    [500, 'this model is missing data required for image input'],
    [400, 'this model does not support image input (ref: b8bd630e)'],
  ])('learns from a %i that the model takes no pictures', async (status, error) => {
    await start();
    const subject = guarded(model);
    double.script(
      ({ images }): OllamaReply => (images.length > 0 ? { kind: 'status', status, error } : { kind: 'answer' }),
    );
    await expect(ask(subject.model, { images: [FIRST] })).rejects.toMatchObject({ code: 'model_cannot_see' });
    expect(double.chats).toHaveLength(1);
    expect(subject.model.vision).toBe('no');
    await expect(ask(subject.model)).resolves.toMatchObject({ finish: 'stop' });
  });

  it('learns it from an error in the stream as well', async () => {
    await start();
    double.script(() => ({ kind: 'error_midway', error: 'this model is missing data required for image input' }));
    await expect(ask(model, { images: [FIRST] })).rejects.toMatchObject({ code: 'model_cannot_see' });
  });

  it('asks for any JSON where a version takes no schema, then for none', async () => {
    await start();
    double.script(({ body }): OllamaReply => {
      if (body.format === undefined) return { kind: 'answer' };
      const error = 'json: cannot unmarshal object into Go struct field ChatRequest.format of type string';
      return { kind: 'status', status: 400, error };
    });
    await ask(model, { schema: SCHEMA });
    await ask(model, { schema: SCHEMA });
    expect(double.chats.map(({ body }) => typeof body.format)).toEqual(['object', 'string', 'undefined', 'undefined']);
  });
});
