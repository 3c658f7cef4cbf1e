// Owns `node test/bench/limiter.ts`: how much of a provider's limits the calls of a model use in a real minute, and how often it says 429.
import type { Log } from '../../src/domain/log.ts';
import type { Model } from '../../src/domain/model.ts';
import { createModel } from '../../src/llm/createModel.ts';
import { COUNTINGS, type CountedLimit, type Counting, createCountedLimit } from '../fixtures/countedLimit.ts';
import { createOpenAiDouble, type OpenAiReply } from '../fixtures/openaiServer.ts';
import { type Figure, isMet, toTable } from './figure.ts';

const MINUTE_MS = 60_000;
/** The second minute shows what the first has left behind. */
const RUN_MS = 2 * MINUTE_MS + 3_000;
const SHARE_BAR = 95;
const CONCURRENT = 8;

/** `slowestMs`: what a call takes at most; all that may run at once could use more than the limit. */
type Case = { name: string; requests: number | null; tokens: number | null; slowestMs: number };

const CASES: Case[] = [
  { name: '60 requests', requests: 60, tokens: null, slowestMs: 2_000 },
  { name: '600 requests', requests: 600, tokens: null, slowestMs: 600 },
  { name: '100,000 tokens', requests: null, tokens: 100_000, slowestMs: 3_000 },
];

const SILENT: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => SILENT };

async function bench(counting: Counting, { name, requests, tokens, slowestMs }: Case): Promise<Figure[]> {
  const double = await createOpenAiDouble();
  const limit = createCountedLimit(counting, requests ?? tokens ?? 0);
  let refusals = 0;
  double.script(({ system, user }, index): OpenAiReply => {
    const inputTokens = Math.ceil((system.length + user.length) / 4.4);
    const outputTokens = 150 + ((index * 53) % 200);
    const waitMs = limit.admit(requests === null ? inputTokens + outputTokens : 1);
    if (waitMs === null)
      return { kind: 'answer', inputTokens, outputTokens, delayMs: ((index * 379) % slowestMs) + 20 };
    refusals++;
    return { kind: 'rate_limited', headers: { 'retry-after-ms': String(waitMs) } };
  });
  const model = createModel(
    {
      provider: 'openai',
      baseUrl: double.url,
      model: 'double-1',
      timeoutMs: 30_000,
      maxOutputTokens: 512,
      contextTokens: 8192,
      requestsPerMinute: requests,
      tokensPerMinute: tokens,
    },
    SILENT,
    { maxConcurrent: CONCURRENT },
  ) as Model;
  await callFor(RUN_MS, model);
  await double.close();
  const share = Math.min(...[0, 1].map((minute) => usedIn(minute, limit))) / (requests ?? tokens ?? 0);
  return [
    {
      name: `${name}, ${counting}: used, lesser minute`,
      unit: '%',
      measured: 100 * share,
      bar: SHARE_BAR,
      rule: 'at least',
    },
    { name: `${name}, ${counting}: answered 429`, unit: 'calls', measured: refusals, bar: 0 },
  ];
}

/** There is always somebody who wants to call. */
async function callFor(ms: number, model: Model): Promise<void> {
  const signal = AbortSignal.timeout(ms);
  const caller = async (first: number) => {
    for (let n = first; !signal.aborted; n += 7) {
      const user = 'Words of a page. '.repeat(40 + (n % 90));
      await model.complete({ system: 'Be brief.', user, maxOutputTokens: 512, signal }).catch((thrown) => {
        if (!signal.aborted) throw thrown;
      });
    }
  };
  await Promise.all(Array.from({ length: 2 * CONCURRENT }, (_, first) => caller(first)));
}

/** What the server counted in the nth minute after the first call. */
function usedIn(minute: number, { admitted }: CountedLimit): number {
  const fromMs = (admitted[0]?.atMs ?? 0) + minute * MINUTE_MS;
  return admitted.reduce((sum, { atMs, units }) => {
    return atMs >= fromMs && atMs < fromMs + MINUTE_MS ? sum + units : sum;
  }, 0);
}

const runs = COUNTINGS.flatMap((counting) => CASES.map((one) => bench(counting, one)));
const figures = (await Promise.all(runs)).flat();
process.stdout.write(`${toTable(figures)}\n`);
process.exitCode = figures.every(isMet) ? 0 : 1;
