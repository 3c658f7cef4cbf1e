// Owns using a model's answers again that an earlier attempt of the same job has got and paid for.
import { createHash } from 'node:crypto';
import type { Model, ModelAnswer, ModelRequest } from '../domain/model.ts';

export type KeptAnswers = {
  find(key: string): ModelAnswer | null;
  /** A later answer under the same key replaces the earlier one. */
  save(key: string, answer: ModelAnswer): void;
};

const NOTHING_PAID = { inputTokens: 0, outputTokens: 0 };

/**
 * The same model for one attempt of a job. A question that was answered before is not asked again; put twice in this attempt, its answer
 * was of no use, and the model is asked. An answer from before has used no tokens. Throws what the model throws, of which nothing is
 * kept, and what `kept` throws.
 */
export function keepAnswers(model: Model, kept: KeptAnswers): Model {
  const asked = new Set<string>();
  return {
    get name() {
      return model.name;
    },
    get vision() {
      return model.vision;
    },
    ...(model.visionName === undefined ? {} : { visionName: model.visionName }),
    host: model.host,
    contextTokens: model.contextTokens,
    ...(model.load && { load: model.load }),
    check: (signal) => model.check(signal),

    async complete(request) {
      request.signal.throwIfAborted();
      const question = digestOf(request);
      const found = asked.has(question) ? null : kept.find(keyOf(model, request, question));
      asked.add(question);
      if (found) return { ...found, usage: NOTHING_PAID };
      const answer = await model.complete(request);
      // The name may be settled by the call itself.
      kept.save(keyOf(model, request, question), answer);
      return answer;
    },
  };
}

function keyOf({ name, visionName }: Model, { images = [] }: ModelRequest, question: string): string {
  const answering = images.length > 0 ? (visionName ?? name) : name;
  return createHash('sha256')
    .update(JSON.stringify([answering, question]))
    .digest('hex');
}

/** Of all that the answer depends on but the model. */
function digestOf({ system, user, schema, maxOutputTokens, images = [] }: ModelRequest): string {
  const hash = createHash('sha256').update(JSON.stringify([system, user, schema ?? null, maxOutputTokens]));
  for (const { mime, bytes } of images) hash.update(`\n${mime} ${bytes.byteLength}\n`).update(bytes);
  return hash.digest('hex');
}
