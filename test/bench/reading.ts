// Owns the bench of reading PDFs: `node test/bench/reading.ts` prints ratios against pdftotext, threads, lag and memory, each with its bar.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import read from '../../workers/read.ts';
import * as hostile from '../fixtures/hostilePdfs.ts';
import type { RunFigures } from './readFiles.ts';
import { tokenF1 } from './tokenF1.ts';

const MANUALS = join(import.meta.dirname, '../../../shared/corpus/manuals');
const RUNNER = join(import.meta.dirname, 'readFiles.ts');
const ROUNDS = 5;

/** One line of the result; the bar is an upper one unless `least`. */
function tell(name: string, value: number, bar: number, unit: string, least = false): void {
  const holds = least ? value >= bar : value <= bar;
  if (!holds) process.exitCode = 1;
  const limit = `${least ? '≥' : '≤'} ${bar}${unit}`;
  process.stdout.write(`${holds ? 'holds' : 'OVER '}  ${name.padEnd(58)} ${value.toFixed(3)}${unit}  (bar ${limit})\n`);
}

function pdftotextMs(files: readonly string[]): number {
  const start = performance.now();
  for (const file of files) execFileSync('pdftotext', [file, '-'], { maxBuffer: 1e9 });
  return performance.now() - start;
}

type Run = { threads: number; rounds: number; cache?: string };

function runner(run: Run, files: readonly string[]): { figures: RunFigures; wholeMs: number } {
  const args = [RUNNER, String(run.threads), String(run.rounds), run.cache ?? '-', ...files];
  const start = performance.now();
  const result = spawnSync(process.execPath, args, { maxBuffer: 1e9 });
  if (result.status !== 0) throw new Error(`the runner failed: ${result.stderr}`);
  return { figures: JSON.parse(result.stdout.toString()) as RunFigures, wholeMs: performance.now() - start };
}

/** The middle of several measurements: other work on the machine spoils single ones. */
function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function speed(files: readonly string[], cache: string): void {
  const first: number[] = [];
  const later: number[] = [];
  const warm: number[] = [];
  const gain: number[] = [];
  const lags: RunFigures[] = [];
  runner({ threads: 1, rounds: 1, cache }, files);
  for (let round = 0; round < ROUNDS; round++) {
    first.push(runner({ threads: 1, rounds: 1 }, files).wholeMs / pdftotextMs(files));
    later.push(runner({ threads: 1, rounds: 1, cache }, files).wholeMs / pdftotextMs(files));
    const one = runner({ threads: 1, rounds: 4, cache }, files).figures;
    const two = runner({ threads: 2, rounds: 4, cache }, files).figures;
    warm.push(one.ms / pdftotextMs(files));
    gain.push(one.ms / two.ms);
    lags.push(two);
  }
  tell('one thread against pdftotext, in a running process', median(warm), 2, '×');
  tell('one thread against pdftotext, whole process from its start', median(later), 2, '×');
  tell('  the same, its first start ever (nothing compiled yet)', median(first), 2, '×');
  tell('two threads against one', median(gain), 1.3, '×', true);
  tell('main thread lag with two threads, p99', median(lags.map((lag) => lag.lagP99Ms)), 8, ' ms');
  tell('main thread lag with two threads, largest', median(lags.map((lag) => lag.lagMaxMs)), 30, ' ms');
  tell('memory of the process, two threads on the manuals', Math.max(...lags.map((lag) => lag.peakRssMb)), 600, ' MB');
}

async function sameText(files: readonly string[]): Promise<void> {
  const scores: number[] = [];
  for (const file of files) {
    const request = { path: file, maxPages: 5_000, maxSummaryChars: 1, maxStreamBytes: 2 ** 26, maxImagePixels: 1e6 };
    const result = await read({ request: { ...request, softTimeoutMs: 60_000 } });
    const text = result.ok ? result.reading.pages.map((page) => page.text).join('\n') : '';
    const score = tokenF1(text, execFileSync('pdftotext', [file, '-'], { maxBuffer: 1e9 }).toString());
    process.stdout.write(`       token F1 ${score.toFixed(4)}  ${file.split('/').at(-1)}\n`);
    scores.push(score);
  }
  tell(
    'token F1 against pdftotext, mean',
    scores.reduce((sum, score) => sum + score, 0) / scores.length,
    0.995,
    '',
    true,
  );
}

function hostileMemory(folder: string): void {
  const one = { threads: 1, rounds: 1 };
  const paths = Object.entries(hostile).map(([name, make]) => {
    const path = join(folder, `${name}.pdf`);
    writeFileSync(path, make());
    const { codes, ms, peakRssMb } = runner(one, [path]).figures;
    tell(`memory of the process, ${name} (${codes[0]}, ${Math.round(ms)} ms)`, peakRssMb, 600, ' MB');
    return path;
  });
  tell('memory of the process, all of them one after the other', runner(one, paths).figures.peakRssMb, 600, ' MB');
}

if (!existsSync(MANUALS)) {
  process.stdout.write(`skipped: the manuals of the corpus are not at ${MANUALS}\n`);
} else {
  // The largest first: two threads shall not wait for one manual at the end.
  const sizeOf = (file: string): number => statSync(file).size;
  const files = readdirSync(MANUALS)
    .map((name) => join(MANUALS, name))
    .sort((a, b) => sizeOf(b) - sizeOf(a));
  const folder = mkdtempSync(join(tmpdir(), 'lector-bench-'));
  try {
    speed(files, join(folder, 'compiled'));
    await sameText(files);
    hostileMemory(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
