// Owns the subject of the tests of guarded models: a model that answers turn by turn, and everything that is seen round it.
import { vi } from 'vitest';
import { AppError, type ErrorCode } from '../../../src/domain/errors.ts';
import { type Meter, NO_METER } from '../../../src/domain/meter.ts';
import type { Model, ModelAnswer, ModelRequest, TokenUsage } from '../../../src/domain/model.ts';
import { Gate, type GateOptions } from '../../../src/llm/gate.ts';
import { createGuardedModel } from '../../../src/llm/guard.ts';
import { createRecordingLog } from '../../fixtures/recordingLog.ts';

export const ANSWER: ModelAnswer = { text: 'A plan.', finish: 'stop', usage: { inputTokens: 120, outputTokens: 7 } };
export const TIMEOUT_MS = 120_000;

export type Turn = ModelAnswer | Error | ((request: ModelRequest) => Promise<ModelAnswer>);

export type Metered = [ErrorCode | null, number, TokenUsage];

export function createSubject(turns: Turn[], limits: Partial<GateOptions> = {}) {
  const requests: ModelRequest[] = [];
  const slept: number[] = [];
  const { log, records } = createRecordingLog();
  const model: Model = {
    name: 'openai/double',
    host: 'gpu',
    vision: 'no',
    contextTokens: 8192,
    async complete(request) {
      const turn = turns[Math.min(requests.length, turns.length - 1)];
      requests.push(request);
      if (typeof turn === 'function') return turn(request);
      if (turn instanceof Error) throw turn;
      return turn as ModelAnswer;
    },
    check: async () => ({ ok: true, detail: 'there' }),
  };
  const sleep = async (ms: number) => {
    slept.push(ms);
  };
  const metered: Metered[] = [];
  const meter: Meter = { ...NO_METER, modelCalled: (...call) => metered.push(call) };
  const gate = new Gate({ host: model.host, log, random: () => 0, ...limits });
  const guarded = createGuardedModel(model, { timeoutMs: TIMEOUT_MS, log, sleep, gate, meter });
  return { guarded, model, requests, slept, records, log, metered };
}

export function ask(model: Model, signal: AbortSignal = new AbortController().signal): Promise<ModelAnswer> {
  return model.complete({ system: 's', user: 'u', maxOutputTokens: 10, signal });
}

/** The retries go round once for each timer of no length. */
export async function settled<T>(answer: Promise<T>): Promise<T> {
  const quiet = answer.catch(() => {});
  await vi.advanceTimersByTimeAsync(10);
  await quiet;
  return answer;
}

export const away = (retryAfterMs?: number) => new AppError('model_unavailable', 'gpu answered 503', { retryAfterMs });
export const limited = (retryAfterMs?: number) => new AppError('model_rate_limited', 'slow down', { retryAfterMs });
