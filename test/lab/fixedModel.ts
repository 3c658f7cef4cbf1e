// Owns a SIMULATED model for benches: it reads nothing and answers every call with the same summary after the same time.
import { setTimeout as delay } from 'node:timers/promises';
import { createOpenAiDouble } from '../fixtures/openaiServer.ts';

export type FixedModel = {
  /** OpenAI-compatible base URL, with /v1. */
  url: string;
  /** Completions asked for so far. */
  calls(): number;
  /** The most of them that were open at the same time. */
  maxConcurrent(): number;
  close(): Promise<void>;
};

/** A simulated OpenAI-compatible server on a free port that answers `delayMs` after a call came in, however many there are. */
export async function createFixedModel({ delayMs }: { delayMs: number }): Promise<FixedModel> {
  const double = await createOpenAiDouble();
  let open = 0;
  let most = 0;
  double.script(async () => {
    most = Math.max(most, ++open);
    await delay(delayMs);
    open--;
    return { kind: 'answer' };
  });
  return { url: double.url, calls: () => double.chats.length, maxConcurrent: () => most, close: double.close };
}
