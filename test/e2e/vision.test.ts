// Owns the proof that pictures and schemas reach a real model server, and that one without eyes is told from one that is away.
import { createCanvas } from '@napi-rs/canvas';
import { describe, expect, inject, test } from 'vitest';
import type { Log } from '../../src/domain/log.ts';
import type { ModelImage, ModelRequest } from '../../src/domain/model.ts';
import type { Profile } from '../../src/domain/profile.ts';
import { createModel } from '../../src/llm/createModel.ts';
import { refusesPictures } from '../../src/llm/visionRefusal.ts';
import { see, transcribe } from '../../src/pipeline/seeing.ts';
import { createRecordingLog } from '../fixtures/recordingLog.ts';
import { whileAway } from '../lab/outage.ts';

const { llmUrl, llmModel, llmContextTokens, seerUrl, seerModel, seerPictureTokens } = inject('lab');

const signal = new AbortController().signal;
const PROFILE: Profile = {
  name: 'invoice',
  title: 'Invoice',
  kinds: ['image'],
  // The lab's model knows no words but its own: choices and ASCII patterns keep it to what a schema is for.
  schema: {
    type: 'object',
    additionalProperties: false,
    properties: { kind: { enum: ['invoice', 'receipt'] }, number: { type: 'string', pattern: '^[0-9]{4,6}$' } },
    required: ['kind', 'number'],
  },
  prompt: '',
  picture: 'plain',
  check: () => [],
};

async function picture(width = 800, height = 600): Promise<ModelImage> {
  const canvas = createCanvas(width, height);
  const context = canvas.getContext('2d');
  context.fillStyle = '#fff';
  context.fillRect(0, 0, width, height);
  context.fillStyle = '#000';
  context.font = '40px sans-serif';
  context.fillText('Invoice 4711', 40, 80);
  return { mime: 'image/jpeg', bytes: await canvas.encode('jpeg', 85) };
}

function modelOf(baseUrl: string, log: Log = createRecordingLog().log) {
  const settings = { provider: 'openai' as const, baseUrl, timeoutMs: 30_000, maxOutputTokens: 512 };
  const model = createModel({ ...settings, contextTokens: llmContextTokens }, log);
  if (!model) throw new Error('no model');
  return model;
}

const words: ModelRequest = { system: 'Be brief.', user: 'What is it?', maxOutputTokens: 200, signal };

describe('a model that sees', () => {
  test('takes pictures of any size, and counts each among the tokens', async () => {
    const model = modelOf(seerUrl);
    expect(model.vision).toBe('unknown');
    const images = [await picture(), await picture(1200, 300)];

    const blind = await model.complete(words);
    const one = await model.complete({ ...words, images: images.slice(0, 1) });
    const two = await model.complete({ ...words, images });

    expect(one.usage.inputTokens - blind.usage.inputTokens).toBe(seerPictureTokens);
    expect(two.usage.inputTokens - one.usage.inputTokens).toBe(seerPictureTokens);
    expect(two.text).toMatch(/^The document .+ \(p\. 1\)\./);
    expect(model.vision).toBe('yes');
    expect(model.name).toContain(seerModel);
  });

  test('gives description, fields of the profile and text in one answer', async () => {
    const { log, records } = createRecordingLog();
    const images = [await picture()];

    const seen = await see(
      { images, ocrText: null, profile: PROFILE, language: 'English', fileName: 'invoice.jpg' },
      { model: modelOf(seerUrl, log), maxOutputTokens: 512, signal },
    );

    expect(seen).toMatchObject({ calls: 1, cut: false });
    expect(seen.fields).toEqual({
      kind: expect.stringMatching(/^(invoice|receipt)$/),
      number: expect.stringMatching(/^[0-9]{4,6}$/),
    });
    expect(seen.description).toMatch(/^The document .+ \(p\. 1\)\./);
    expect(seen.transcription).toMatch(/^The document .+ \(p\. 1\)\./);
    const calls = records.filter(({ stage }) => stage === 'thinking');
    expect(calls).toMatchObject([{ message: 'model call', attempt: 1, finish: 'stop', ...seen.usage }]);
  });

  test('writes down a scanned page in plain words', async () => {
    const options = { model: modelOf(seerUrl), maxOutputTokens: 512, signal };
    const { text, cut } = await transcribe({ images: [await picture()], ocrText: 'lnvoice 47ll' }, options);

    expect({ text, cut }).toEqual({ text: expect.stringMatching(/^The document .+ \(p\. 1\)\./), cut: false });
  });

  test("leaves out of OCR's text what its context does not hold beside the picture", async () => {
    const ocrText = 'A long page. '.repeat(4_000);
    const input = { images: [await picture()], ocrText, profile: null, language: 'English', fileName: 'a.jpg' };

    const seen = await see(input, { model: modelOf(seerUrl), maxOutputTokens: 512, signal });

    expect(seen.description).toMatch(/^The document/);
    expect(seen.usage.inputTokens).toBeLessThan(llmContextTokens);
  });

  test('calls a file that is no picture a failure, and sees the next one', async () => {
    const model = modelOf(seerUrl);
    const broken = { mime: 'image/jpeg' as const, bytes: new Uint8Array(300) };

    await expect(model.complete({ ...words, images: [broken] })).rejects.toMatchObject({ code: 'model_failed' });
    await expect(model.complete({ ...words, images: [await picture()] })).resolves.toMatchObject({ finish: 'stop' });
  });

  test('is unavailable while its server is away, and looked at anew afterwards', async () => {
    const model = modelOf(seerUrl);
    const images = [await picture(40, 40)];
    await model.complete({ ...words, images });

    await whileAway('seer', async () => {
      await expect(model.complete({ ...words, images })).rejects.toMatchObject({ code: 'model_unavailable' });
      expect(model.vision).toBe('unknown');
    });

    await model.complete({ ...words, images });
    expect(model.vision).toBe('yes');
  });
});

describe('a model that does not see', () => {
  test('says so before a picture is sent, and writes all the same', async () => {
    const { log, records } = createRecordingLog();
    const model = modelOf(llmUrl, log);

    await expect(model.complete({ ...words, images: [await picture()] })).rejects.toMatchObject({
      code: 'model_cannot_see',
    });
    expect(model.vision).toBe('no');
    const calls = records.filter(({ stage }) => stage === 'thinking');
    expect(calls).toMatchObject([{ level: 'warn', code: 'model_cannot_see', attempt: 1 }]);
    await expect(model.complete(words)).resolves.toMatchObject({ finish: 'stop' });
  });

  test('is understood when only its refusal tells', async () => {
    const response = await fetch(`${llmUrl}/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({
        model: llmModel,
        messages: [
          { role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:image/jpeg;base64,AAAA' } }] },
        ],
      }),
    });
    const body = (await response.json()) as { error: { message: string } };

    expect(response.status).toBe(500);
    expect(refusesPictures(body.error.message)).toBe(true);
  });
});

test('of two models on two servers the one that sees is named for pictures', async () => {
  const settings = { provider: 'openai' as const, baseUrl: seerUrl, timeoutMs: 30_000, maxOutputTokens: 512 };
  const pair = createModel(
    { ...settings, model: 'writer', visionModel: seerModel, contextTokens: llmContextTokens },
    createRecordingLog().log,
  );

  expect(pair?.name).toMatch(/^writer /);
  expect(pair?.visionName).toContain(seerModel);
  await expect(pair?.complete({ ...words, images: [await picture(40, 40)] })).resolves.toMatchObject({
    finish: 'stop',
  });
  expect(await pair?.check(signal)).toMatchObject({ ok: true });
});
