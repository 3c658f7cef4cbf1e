// Owns the bench of OCR: `node test/bench/ocr.ts` prints word errors, tables, time against native tesseract, threads, lag and memory, each with its bar.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drawScan, drawScreen, drawTable, type ScreenStyle } from '../fixtures/drawnText.ts';
import { hugePicturePdf } from '../fixtures/hostilePdfs.ts';
import { writePdf } from '../fixtures/pdfWriter.ts';
import type { ScanFigures } from './scanPages.ts';
import { tokenF1 } from './tokenF1.ts';
import { wordErrorRate } from './wordErrors.ts';

const RUNNER = join(import.meta.dirname, 'scanPages.ts');
const ROUNDS = 3;

const DIALOG = [
  'Save changes to the report before closing?',
  'Your changes will be lost if you do not save them.',
  'The file was last saved 12 minutes ago on another computer.',
  'Error 1205: the disk has only 312 MB of free space.',
  'Retry later or choose another folder.',
];
const TERMINAL = [
  'Building the project for production',
  'warning: the variable named total is never used',
  'error: expected 2 arguments but got 3 in parser.ts',
  'Tests: 14 failed, 532 passed, 546 total',
  'Finished in 48 seconds with exit code 1',
];
const TABLE = [
  ['Article', 'Quantity', 'Unit price', 'Total'],
  ['Desk lamp', '12', '24.90', '298.80'],
  ['Office chair', '4', '189.00', '756.00'],
  ['Monitor arm', '7', '79.50', '556.50'],
  ['Cable set', '25', '6.20', '155.00'],
  ['Sum', '48', '', '1,766.30'],
];
const SCAN = Array.from(
  { length: 40 },
  (_, line) => `${line + 1}. Twelve boxes of paper went to the office in the year ${1900 + line}, and two came back.`,
);

/** One line of the result; the bar is an upper one unless `least`. */
function tell(name: string, value: number, bar: number, unit: string, least = false): void {
  const holds = least ? value >= bar : value <= bar;
  if (!holds) process.exitCode = 1;
  const limit = `${least ? '≥' : '≤'} ${bar}${unit}`;
  process.stdout.write(`${holds ? 'holds' : 'OVER '}  ${name.padEnd(66)} ${value.toFixed(3)}${unit}  (bar ${limit})\n`);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

type Run = { threads: number; rounds: number; kind: 'image' | 'pdf'; pages: number };

function scan({ threads, rounds, kind, pages }: Run, files: readonly string[]): ScanFigures {
  const args = [RUNNER, String(threads), String(rounds), kind, String(pages), ...files];
  const result = spawnSync(process.execPath, args, { maxBuffer: 1e9 });
  if (result.status !== 0) throw new Error(`the runner failed: ${result.stderr}`);
  return JSON.parse(result.stdout.toString()) as ScanFigures;
}

type Screen = { name: string; path: string; text: string };

function drawScreens(folder: string): Screen[] {
  const looks: { lines: string[]; font: ScreenStyle['font'] }[] = [
    { lines: DIALOG, font: 'sans' },
    { lines: TERMINAL, font: 'mono' },
  ];
  return looks.flatMap(({ lines, font }) =>
    (['light', 'dark'] as const).flatMap((theme) =>
      [10, 11, 12, 13, 15].map((px) => {
        const name = `${font === 'mono' ? 'terminal' : 'dialog'}, ${theme}, ${px} px`;
        const path = join(folder, `${name}.png`);
        writeFileSync(path, drawScreen(lines, { px, theme, font: font ?? 'sans' }));
        return { name, path, text: lines.join('\n') };
      }),
    ),
  );
}

function wordErrors(screens: readonly Screen[]): void {
  const { texts } = scan(
    { threads: 2, rounds: 1, kind: 'image', pages: 1 },
    screens.map(({ path }) => path),
  );
  const rates = screens.map(({ name, text }, index) => {
    const rate = 100 * wordErrorRate(texts[index] ?? '', text);
    process.stdout.write(`       ${rate.toFixed(1).padStart(5)} % of the words wrong  ${name}\n`);
    return rate;
  });
  tell('word errors over the screens, mean', rates.reduce((sum, rate) => sum + rate, 0) / rates.length, 3, ' %');
}

function tables(folder: string): void {
  const scores = [11, 14, 18, 24].map((px) => {
    const path = join(folder, `table-${px}.png`);
    writeFileSync(path, drawTable(TABLE, { px }));
    const { texts } = scan({ threads: 1, rounds: 1, kind: 'image', pages: 1 }, [path]);
    return tokenF1(texts[0] ?? '', TABLE.flat().join(' '));
  });
  tell('ruled tables of 11 to 24 px, bag F1, least', Math.min(...scores), 0.9, '', true);
}

/** Milliseconds of one process a picture, as scripts call it; null: it is not installed. */
function tesseractMs(files: readonly string[], env: Record<string, string>): number | null {
  const start = performance.now();
  for (const file of files) {
    const { error } = spawnSync('tesseract', [file, '-', '--psm', '6'], { env: { ...process.env, ...env } });
    if (error) return null;
  }
  return performance.now() - start;
}

function againstNative(name: string, files: readonly string[]): void {
  const ratios: { one: number; all: number }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const { ms } = scan({ threads: 1, rounds: 2, kind: 'image', pages: 1 }, files);
    const one = tesseractMs(files, { OMP_THREAD_LIMIT: '1' });
    const all = tesseractMs(files, {});
    if (one === null || all === null) {
      process.stdout.write(`skipped: ${name} against native tesseract, which is not installed\n`);
      return;
    }
    ratios.push({ one: ms / one, all: ms / all });
  }
  tell(`${name}: one warm thread against native tesseract`, median(ratios.map(({ all }) => all)), 1.3, '×');
  const single = median(ratios.map(({ one }) => one)).toFixed(2);
  process.stdout.write(`       ${single}×  the same against native tesseract held to one core\n`);
}

async function scannedPdf(folder: string): Promise<string> {
  const picture = await drawScan(SCAN, { dpi: 150 });
  const path = join(folder, 'scan.pdf');
  writeFileSync(path, writePdf({ pages: Array.from({ length: 10 }, () => ({ picture })) }));
  return path;
}

async function threads(folder: string): Promise<void> {
  const path = await scannedPdf(folder);
  const gains: number[] = [];
  let peak = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const one = scan({ threads: 1, rounds: 1, kind: 'pdf', pages: 10 }, [path]);
    const two = scan({ threads: 2, rounds: 1, kind: 'pdf', pages: 10 }, [path]);
    gains.push(one.ms / two.ms);
    peak = Math.max(peak, two.peakRssMb);
    const rate = 100 * wordErrorRate(two.texts[0] ?? '', SCAN.join('\n'));
    process.stdout.write(
      `       ${Math.round(two.ms)} ms for 10 scanned pages, ${rate.toFixed(1)} % of the words wrong\n`,
    );
  }
  tell('10 pages of 150 dpi painted and read, two threads against one', median(gains), 1.7, '×', true);
  tell('memory of the process, two threads', peak, 800, ' MB');
  // Two at work and two in line.
  const lag = scan({ threads: 2, rounds: 1, kind: 'pdf', pages: 4 }, [path]);
  tell('main thread lag while four pages are read, p99', lag.lagP99Ms, 8, ' ms');
}

function hostile(folder: string): void {
  const path = join(folder, 'huge.pdf');
  writeFileSync(path, hugePicturePdf());
  const { peakRssMb, ms } = scan({ threads: 1, rounds: 1, kind: 'pdf', pages: 1 }, [path]);
  tell(`memory of the process, a page of 900 megapixels (${Math.round(ms)} ms)`, peakRssMb, 600, ' MB');
}

const folder = mkdtempSync(join(tmpdir(), 'lector-bench-'));
try {
  const screens = drawScreens(folder);
  wordErrors(screens);
  tables(folder);
  againstNative(
    'screens',
    screens.map(({ path }) => path),
  );
  const page = join(folder, 'page.jpg');
  writeFileSync(page, (await drawScan(SCAN)).jpeg);
  againstNative('a scanned page', [page]);
  await threads(folder);
  hostile(folder);
} finally {
  rmSync(folder, { recursive: true });
}
