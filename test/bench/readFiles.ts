// Owns one run of the reading bench in a process of its own (CACHE: the folder of compiled code, `-` for none): `node readFiles.ts THREADS ROUNDS CACHE FILE…`, a line of JSON for the last round.
import { enableCompileCache } from 'node:module';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { MAX_STREAM_BYTES, MAX_SUMMARY_CHARS } from '../../config/limits.ts';
import type { Log } from '../../src/domain/log.ts';
import type { ReadRequest } from '../../src/domain/reading.ts';
import { createPool, type Pool } from '../../src/pool/pool.ts';

/** What one run tells; times and lags in milliseconds. */
export type RunFigures = { ms: number; lagP99Ms: number; lagMaxMs: number; peakRssMb: number; codes: string[] };

const silent: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };

function requestFor(path: string): ReadRequest {
  return {
    path,
    maxPages: 500,
    maxSummaryChars: MAX_SUMMARY_CHARS,
    maxStreamBytes: MAX_STREAM_BYTES,
    maxImagePixels: 50e6,
    softTimeoutMs: 15_000,
  };
}

async function readAll(pool: Pool, files: readonly string[]): Promise<string[]> {
  const signal = new AbortController().signal;
  const outcome = (file: string): Promise<string> =>
    pool.read(requestFor(file), { signal, hardTimeoutMs: 60_000 }).then(
      () => 'ok',
      (error: { code?: string }) => error.code ?? 'unknown',
    );
  return Promise.all(files.map(outcome));
}

async function run(threads: number, rounds: number, cache: string, files: readonly string[]): Promise<RunFigures> {
  const pool = createPool({
    threads,
    memoryMb: 256,
    log: silent,
    ...(cache === '-' ? {} : { compileCacheDir: cache }),
  });
  for (let round = 1; round < rounds; round++) await readAll(pool, files);
  const lag = monitorEventLoopDelay({ resolution: 1 });
  lag.enable();
  const start = performance.now();
  const codes = await readAll(pool, files);
  const ms = performance.now() - start;
  lag.disable();
  await pool.close();
  const peakRssMb = process.resourceUsage().maxRSS / 1024;
  return { ms, lagP99Ms: lag.percentile(99) / 1e6, lagMaxMs: lag.max / 1e6, peakRssMb, codes };
}

if (import.meta.main) {
  const [threads = '1', rounds = '1', cache = '-', ...files] = process.argv.slice(2);
  if (cache !== '-') enableCompileCache(cache);
  process.stdout.write(`${JSON.stringify(await run(Number(threads), Number(rounds), cache, files))}\n`);
}
