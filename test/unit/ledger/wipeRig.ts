// Owns the rig of the tests of forgetting: a ledger on disk, uploads of which everything is known, and whether a word of it is left.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Answer } from '../../../src/domain/answer.ts';
import type { Ledger } from '../../../src/domain/ledger.ts';
import type { Reply, ReplyBody, ReplyPart } from '../../../src/domain/reply.ts';
import { openLedger } from '../../../src/ledger/ledger.ts';
import { anUpload } from '../../fixtures/uploads.ts';

/** Stands in everything that members or documents say. */
export const SECRET = 'Quetzalcoatl';
export const ROOM = '!papers:here';

export const reply = (sourceEventId: string, part: ReplyPart, body?: ReplyBody): Reply => ({
  roomId: ROOM,
  sourceEventId,
  part,
  body: body ?? { kind: 'message', content: { body: `About ${SECRET}.` } },
  optional: false,
});
export const answer = {
  fileName: `${SECRET}.pdf`,
  reading: { kind: 'pdf', pageCount: 1, title: SECRET, author: null, language: 'en', ocrConfidence: null },
  pages: [{ page: 1, text: `${SECRET} `.repeat(3_000), source: 'text' }],
  summary: { text: SECRET, keyPoints: [], by: { kind: 'extract' } },
  notes: [],
} as unknown as Answer;

export type WipeRig = {
  ledger: Ledger;
  folder: string;
  /** A job in hand of which everything is known that can be. */
  insertWithAll(eventId: string, roomId?: string): void;
  finish(eventId: string, ...replies: Reply[]): void;
  /** Files of the database that hold the word, the write-ahead log among them. */
  filesWithSecret(): string[];
  /** The process dies and starts again. */
  restart(): void;
};

/** A ledger in a folder of its own; both go with the test. */
export function createWipeRig(clock: () => number = () => 5_000): WipeRig {
  const folder = mkdtempSync(join(tmpdir(), 'lector-wipe-'));
  const open = () => openLedger(join(folder, 'lector.db'), clock);
  const rig: WipeRig = {
    ledger: open(),
    folder,
    insertWithAll(eventId, roomId = ROOM) {
      const { jobs, pages, modelAnswers, results } = rig.ledger;
      const sender = `@${SECRET}:here`;
      const upload = anUpload({ eventId, roomId, fileName: `${SECRET}.pdf`, caption: SECRET, sender });
      jobs.insert(upload, { postedAtMs: 0, receivedAtMs: 0 });
      pages.save(eventId, { page: 1, text: SECRET.repeat(500), source: 'ocr', confidence: 90 });
      const usage = { inputTokens: 1, outputTokens: 1 };
      modelAnswers.save(eventId, 'part 1', { text: SECRET, finish: 'stop', usage });
      results.save(`key of ${eventId}`, eventId, answer);
    },
    finish(eventId, ...replies) {
      const { jobs, replies: said } = rig.ledger;
      jobs.saveReplies(eventId, replies, { state: 'done', errorCode: null });
      for (const each of replies) said.markSent(each, `$sent-${each.part}-${eventId}`);
      jobs.finish(eventId);
    },
    filesWithSecret: () => readdirSync(folder).filter((name) => readFileSync(join(folder, name)).includes(SECRET)),
    restart() {
      rig.ledger.close();
      rig.ledger = open();
    },
  };
  onTestFinished(() => {
    rig.ledger.close();
    rmSync(folder, { recursive: true });
  });
  return rig;
}
