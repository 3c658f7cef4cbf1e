// Owns the bench of the line: claims over 10,000 waiting jobs in a database on disk, and what asking for a place in it takes.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Ledger } from '../../src/domain/ledger.ts';
import { openLedger } from '../../src/ledger/ledger.ts';
import { anUpload } from '../fixtures/uploads.ts';
import { type Figure, isMet, percentile, toTable } from './figure.ts';

const JOBS = 10_000;
const CLAIM_BAR_MS = 1;
const PLACE_BAR_MS = 2;
const ASKED = 500;
const BESIDE_FULL = 500;
const NOBODY_FULL: ReadonlySet<string> = new Set();

type Load = { name: string; roomOf(index: number): string };

const LOADS: Load[] = [
  { name: '20 rooms, one with 9,000', roomOf: (index) => (index < 9_000 ? '!noisy:here' : `!quiet${index % 19}:here`) },
  { name: '1,000 rooms', roomOf: (index) => `!room${index % 1_000}:here` },
];

const figures = LOADS.flatMap(benchLine);
console.log(toTable(figures));
process.exitCode = figures.every(isMet) ? 0 : 1;

function benchLine({ name, roomOf }: Load): Figure[] {
  const folder = mkdtempSync(join(tmpdir(), 'lector-claim-'));
  const ledger = openLedger(join(folder, 'lector.db'));
  try {
    fill(ledger, roomOf);
    const places = repeated(ASKED, (index) => ledger.jobs.placeInLine(idOf(Math.floor((index * JOBS) / ASKED))));
    const counts = repeated(ASKED, () => ledger.jobs.counts());
    const fullRooms = new Set([roomOf(0)]);
    const besideFull = repeated(BESIDE_FULL, () => ledger.jobs.claim(Date.now(), fullRooms));
    const claims = repeated(JOBS - BESIDE_FULL, () => ledger.jobs.claim(Date.now(), NOBODY_FULL));
    if (ledger.jobs.counts().queued !== JOBS) throw new Error('not all jobs were claimed');
    return [
      ...shown(`claim, ${name}`, claims, CLAIM_BAR_MS),
      ...shown(`claim beside a full room, ${name}`, besideFull, CLAIM_BAR_MS),
      ...shown(`place in line, ${name}`, places, PLACE_BAR_MS),
      ...shown(`counts, ${name}`, counts, null),
    ];
  } finally {
    ledger.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function shown(name: string, times: number[], bar: number | null): Figure[] {
  return [
    { name: `${name}: median`, unit: 'ms', measured: percentile(times, 0.5), bar },
    { name: `${name}: p99`, unit: 'ms', measured: percentile(times, 0.99), bar },
  ];
}

/** Ten members a room; all have waited for an hour, and one in fifty was asked for, so that waiting has something to make up for. */
function fill(ledger: Ledger, roomOf: Load['roomOf']): void {
  const anHourAgo = Date.now() - 3_600_000;
  ledger.transaction(() => {
    for (let index = 0; index < JOBS; index += 1) {
      const upload = anUpload({
        eventId: idOf(index),
        roomId: roomOf(index),
        sender: `@member${index % 10}:here`,
        isAsked: index % 50 === 0,
      });
      ledger.jobs.insert(upload, { postedAtMs: anHourAgo, receivedAtMs: anHourAgo });
    }
  });
}

function idOf(index: number): string {
  return `$upload${index}`;
}

/** Milliseconds of each. */
function repeated(times: number, work: (index: number) => unknown): number[] {
  return Array.from({ length: times }, (_, index) => {
    const startedAtMs = performance.now();
    work(index);
    return performance.now() - startedAtMs;
  });
}
