// Owns the tests of two models that are used as one: the one that writes, and the one that sees.
import { describe, expect, it } from 'vitest';
import type { ModelCheck, ModelLoad } from '../../../src/domain/model.ts';
import { createSightedModel } from '../../../src/llm/sightedModel.ts';
import { createFakeModel } from '../../fixtures/fakeModel.ts';

const signal = new AbortController().signal;
const request = { system: 's', user: 'u', maxOutputTokens: 10, signal };
const image = { mime: 'image/jpeg' as const, bytes: new Uint8Array(3) };

function createSubject(seeing: ModelCheck = { ok: true, detail: 'gpu has seer' }) {
  const writer = createFakeModel();
  const seer = { ...createFakeModel(), name: 'seer', vision: 'yes' as const, check: async () => seeing };
  return { writer, seer, model: createSightedModel(writer, seer) };
}

describe('two models as one', () => {
  it('are told apart by name', () => {
    const { model } = createSubject();
    expect([model.name, model.visionName, model.vision]).toEqual(['fake', 'seer', 'yes']);
  });

  it('share the work: pictures to the one, words to the other', async () => {
    const { model, writer, seer } = createSubject();
    await model.complete({ ...request, user: 'with picture', images: [image] });
    await model.complete({ ...request, user: 'without' });
    await model.complete({ ...request, user: 'with none', images: [] });
    expect(seer.answered.map(({ user }) => user)).toEqual(['with picture']);
    expect(writer.answered.map(({ user }) => user)).toEqual(['without', 'with none']);
  });

  it('are both looked after', async () => {
    expect(await createSubject().model.check(signal)).toEqual({
      ok: true,
      detail: 'fake; for pictures: gpu has seer',
    });
    const missing = createSubject({ ok: false, detail: 'gpu has no model "seer"', advice: 'Set LLM_MODEL.' });
    expect(await missing.model.check(signal)).toMatchObject({
      ok: false,
      detail: expect.stringContaining('gpu has no model "seer"'),
      advice: 'Set LLM_VISION_MODEL to a model that the server has.',
    });
  });

  it('share one gate, whose load is theirs', () => {
    const load = { state: 'closed' } as ModelLoad;
    const { writer, seer } = createSubject();
    expect(createSightedModel({ ...writer, load: () => load }, seer).load?.()).toBe(load);
    expect(createSightedModel(writer, seer).load).toBeUndefined();
  });
});
