// Owns one run of the OCR bench in a process of its own: `node scanPages.ts THREADS ROUNDS image|pdf PAGES FILE…`, a line of JSON for the last round.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { MAX_STREAM_BYTES } from '../../config/limits.ts';
import type { Log } from '../../src/domain/log.ts';
import type { OcrRequest } from '../../src/domain/ocr.ts';
import { findOcrLanguages } from '../../src/pool/ocrLanguages.ts';
import { createOcrPool, type OcrPool } from '../../src/pool/ocrPool.ts';

/** What one run tells; times and lags in milliseconds, texts in the order of files and pages. */
export type ScanFigures = { ms: number; lagP99Ms: number; peakRssMb: number; texts: string[] };

const silent: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };

async function scanAll(pool: OcrPool, requests: readonly OcrRequest[]): Promise<string[]> {
  const options = { signal: new AbortController().signal, hardTimeoutMs: 120_000 };
  const scans = await Promise.all(requests.map((request) => pool.scan(request, options)));
  return scans.map(({ text }) => text);
}

async function run(threads: number, rounds: number, requests: readonly OcrRequest[]): Promise<ScanFigures> {
  const { found } = findOcrLanguages(['eng'], undefined);
  const pool = createOcrPool({ threads, memoryMb: 256, languages: found, log: silent });
  for (let round = 1; round < rounds; round++) await scanAll(pool, requests);
  const lag = monitorEventLoopDelay({ resolution: 1 });
  lag.enable();
  const start = performance.now();
  const texts = await scanAll(pool, requests);
  const ms = performance.now() - start;
  lag.disable();
  await pool.close();
  return { ms, lagP99Ms: lag.percentile(99) / 1e6, peakRssMb: process.resourceUsage().maxRSS / 1024, texts };
}

if (import.meta.main) {
  const [threads = '1', rounds = '1', kind = 'image', pages = '1', ...paths] = process.argv.slice(2);
  const requests = paths.flatMap((path) =>
    Array.from({ length: Number(pages) }, (_, index) => ({
      path,
      kind: kind === 'pdf' ? ('pdf' as const) : ('image' as const),
      page: index + 1,
      maxImagePixels: 50e6,
      maxStreamBytes: MAX_STREAM_BYTES,
    })),
  );
  process.stdout.write(`${JSON.stringify(await run(Number(threads), Number(rounds), requests))}\n`);
}
