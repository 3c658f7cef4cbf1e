// Owns what is known of a model's eyes: asked once before the first picture, then learnt from what becomes of pictures.
import { AppError } from '../domain/errors.ts';
import type { Model, ModelAnswer, ModelRequest } from '../domain/model.ts';
import { serverAnswerOf } from './modelErrors.ts';
import { refusesPictures } from './visionRefusal.ts';

export type Vision = Model['vision'];

/** A picture must not wait long for a question that its own call answers as well. */
const LOOK_TIMEOUT_MS = 5_000;

export type SightDeps = {
  /** What the server says of its model in one cheap call. */
  look(signal: AbortSignal): Promise<Vision>;
};

export type Sight = {
  readonly vision: Vision;
  /**
   * The answer of `call`. With pictures: throws AppError `model_cannot_see` without a call when the model is known to take
   * none, and in place of a refusal that says so. Words alone pass as they are.
   */
  through(request: ModelRequest, call: () => Promise<ModelAnswer>): Promise<ModelAnswer>;
};

/** Eyes that nothing is known of. After an outage nothing is known again: the server may have come back with another model. */
export function createSight({ look }: SightDeps): Sight {
  let vision: Vision = 'unknown';
  let asked = false;

  async function ask(signal: AbortSignal): Promise<void> {
    if (vision !== 'unknown' || asked) return;
    try {
      vision = await look(AbortSignal.any([signal, AbortSignal.timeout(LOOK_TIMEOUT_MS)]));
      asked = true;
    } catch {
      // What is wrong with the server shows in the call itself, and in better words.
      signal.throwIfAborted();
    }
  }

  return {
    get vision() {
      return vision;
    },
    async through(request, call) {
      const hasPictures = (request.images?.length ?? 0) > 0;
      if (hasPictures) {
        await ask(request.signal);
        if (vision === 'no') throw new AppError('model_cannot_see', 'the model takes no pictures');
      }
      try {
        const answer = await call();
        if (hasPictures) vision = 'yes';
        return answer;
      } catch (thrown) {
        if (!(thrown instanceof AppError)) throw thrown;
        if (hasPictures && refusesPictures(serverAnswerOf(thrown)?.said ?? '')) {
          vision = 'no';
          throw new AppError('model_cannot_see', thrown.message, { cause: thrown });
        }
        if (thrown.code === 'model_unavailable') {
          vision = 'unknown';
          asked = false;
        }
        throw thrown;
      }
    },
  };
}
