// Owns the bench of forgetting: how long the main thread is held at once while a room of 5,000 uploads goes from a database on disk.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Answer } from '../../src/domain/answer.ts';
import type { Ledger } from '../../src/domain/ledger.ts';
import type { Reply, ReplyPart } from '../../src/domain/reply.ts';
import { openLedger } from '../../src/ledger/ledger.ts';
import { createRoomForgetting, forgetRoom } from '../../src/pipeline/forgetRoom.ts';
import { createRecordingLog } from '../fixtures/recordingLog.ts';
import { anUpload } from '../fixtures/uploads.ts';
import { type Figure, isMet, toTable } from './figure.ts';

const ROOM = '!papers:here';
const UPLOADS = 5_000;
const BATCH = 500;
const BLOCK_BAR_MS = 100;
/** About fifteen pages. */
const TEXT = 'What a page of a report says in a line or two. '.repeat(800);

const figures = [...(await benchForget('answered', answered)), ...(await benchForget('open', () => undefined))];
console.log(toTable(figures));
process.exitCode = figures.every(isMet) ? 0 : 1;

async function benchForget(name: string, goOn: (ledger: Ledger, eventId: string) => void): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'lector-forget-'));
  const ledger = openLedger(join(folder, 'lector.db'));
  try {
    fill(ledger, goOn);
    const { beginMs, stepsMs } = await forget(ledger);
    const all = [beginMs, ...stepsMs];
    const room = `a room of ${UPLOADS} uploads, ${name}`;
    return [
      { name: `${room}: longest block`, unit: 'ms', measured: Math.max(...all), bar: BLOCK_BAR_MS },
      { name: `${room}: the command itself`, unit: 'ms', measured: beginMs, bar: BLOCK_BAR_MS },
      { name: `${room}: all of it`, unit: 'ms', measured: all.reduce((sum, ms) => sum + ms, 0), bar: null },
    ];
  } finally {
    ledger.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Milliseconds of the command, and of each step after it, until it is confirmed. */
async function forget(ledger: Ledger): Promise<{ beginMs: number; stepsMs: number[] }> {
  ledger.rooms.set(ROOM, 'joined');
  const begunAt = performance.now();
  ledger.transaction(() => forgetRoom(ROOM, message('$command', 'answer'), { ledger }));
  const beginMs = performance.now() - begunAt;
  const stepsMs: number[] = [];
  const timed = {
    wipeMore(limit: number) {
      const startedAt = performance.now();
      const said = ledger.wipeMore(limit);
      stepsMs.push(performance.now() - startedAt);
      return said;
    },
  };
  const confirmed = Promise.withResolvers<void>();
  const { signal } = new AbortController();
  const { log } = createRecordingLog();
  createRoomForgetting({ ledger: timed, send: () => confirmed.resolve(), signal, log }).wake();
  await confirmed.promise;
  if (ledger.jobs.counts().done !== 0) throw new Error('something of the room is left');
  return { beginMs, stepsMs };
}

function fill(ledger: Ledger, goOn: (ledger: Ledger, eventId: string) => void): void {
  for (let start = 0; start < UPLOADS; start += BATCH) {
    ledger.transaction(() => {
      for (let index = start; index < start + BATCH; index += 1) {
        const eventId = `$upload${index}`;
        ledger.jobs.insert(anUpload({ eventId, roomId: ROOM }), { postedAtMs: 0, receivedAtMs: 0 });
        goOn(ledger, eventId);
      }
    });
  }
}

function answered(ledger: Ledger, eventId: string): void {
  const answer = {
    fileName: 'report.pdf',
    reading: { kind: 'pdf', pageCount: 15, title: null, author: null, language: 'en', ocrConfidence: null },
    pages: [{ page: 1, text: TEXT, source: 'text' }],
    summary: { text: 'What it says.', keyPoints: [], by: { kind: 'extract' } },
    notes: [],
  } as unknown as Answer;
  ledger.results.save(`key of ${eventId}`, eventId, answer);
  const replies = [message(eventId, 'answer'), message(eventId, 'text'), message(eventId, 'mark')];
  ledger.jobs.saveReplies(eventId, replies, { state: 'done', errorCode: null });
  for (const reply of replies) ledger.replies.markSent(reply, `$${reply.part} of ${eventId}`);
  ledger.jobs.finish(eventId);
}

function message(sourceEventId: string, part: ReplyPart): Reply {
  const body = { kind: 'message' as const, content: { body: 'What it says.' } };
  return { roomId: ROOM, sourceEventId, part, body, optional: false };
}
