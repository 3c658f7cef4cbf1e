// Owns the pair of a model that writes and another that sees, used as one.
import type { Model, ModelCheck } from '../domain/model.ts';

/** Requests with pictures go to `seer`, all others to `writer`; both are of the same server, gate and context. */
export function createSightedModel(writer: Model, seer: Model): Model {
  return {
    get name() {
      return writer.name;
    },
    get visionName() {
      return seer.name;
    },
    get vision() {
      return seer.vision;
    },
    host: writer.host,
    contextTokens: writer.contextTokens,
    complete: (request) => (request.images?.length ? seer : writer).complete(request),
    ...(writer.load && { load: writer.load }),
    async check(signal): Promise<ModelCheck> {
      const [writing, seeing] = await Promise.all([writer.check(signal), seer.check(signal)]);
      if (!writing.ok) return writing;
      const detail = `${writing.detail}; for pictures: ${seeing.detail}`;
      return seeing.ok
        ? { ok: true, detail }
        : { ok: false, detail, advice: 'Set LLM_VISION_MODEL to a model that the server has.' };
    },
  };
}
