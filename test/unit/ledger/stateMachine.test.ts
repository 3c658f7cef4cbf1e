// No job ever goes another way than the state machine's, whatever is done in whatever order, and each operation happens whole or not at all.
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { JobState } from '../../../src/domain/job.ts';
import type { JobLedger } from '../../../src/domain/ledger.ts';
import type { Reply } from '../../../src/domain/reply.ts';
import { isAllowed, type TransitionName } from '../../../src/domain/transitions.ts';
import { type Database, openDatabase } from '../../../src/ledger/database.ts';
import { createJobLedger } from '../../../src/ledger/jobs.ts';
import { createReplyLedger } from '../../../src/ledger/replies.ts';
import { anUpload } from '../../fixtures/uploads.ts';

const IDS = ['$a', '$b', '$c', '$d'];
const ROOMS = ['!one:here', '!two:here'];

type Operation = { name: string; ways: TransitionName[]; run(jobs: JobLedger): unknown };

let database: Database;
let jobs: JobLedger;
let nowMs: number;
beforeEach(() => {
  nowMs = 1_000_000;
  database = openDatabase(':memory:');
  jobs = createJobLedger(
    database,
    createReplyLedger(database, () => nowMs),
    () => nowMs,
  );
  watchChanges();
});
afterEach(() => database.db.close());

/** Notes each change of a job's state, and cuts the power after so many rows. */
function watchChanges(): void {
  database.db.exec(`
    CREATE TEMP TABLE changes (was TEXT, became TEXT);
    CREATE TEMP TABLE fuse (rows_left INTEGER);
    INSERT INTO fuse VALUES (1000000);
    CREATE TEMP TRIGGER noted AFTER UPDATE OF state ON main.jobs BEGIN INSERT INTO changes VALUES (old.state, new.state); END;
    ${['INSERT ON main.jobs', 'UPDATE ON main.jobs', 'DELETE ON main.jobs', 'INSERT ON main.replies']
      .map(
        (event, index) => `CREATE TEMP TRIGGER blown${index} AFTER ${event} BEGIN
          UPDATE fuse SET rows_left = rows_left - 1;
          SELECT raise(ABORT, 'power cut') FROM fuse WHERE rows_left < 0;
        END;`,
      )
      .join('\n')}
  `);
}

const stored = () => [
  database.db.prepare('SELECT * FROM jobs ORDER BY seq').all(),
  database.db.prepare('SELECT * FROM replies ORDER BY seq').all(),
];

/** Runs it with the power cut after so many rows; whether it was. */
function isCutAfter(rows: number, operation: Operation): boolean {
  database.db.prepare('UPDATE fuse SET rows_left = ?').run(rows);
  try {
    operation.run(jobs);
    return false;
  } catch (error) {
    if (!(error as Error).message.includes('power cut')) throw error;
    return true;
  } finally {
    database.db.exec('UPDATE fuse SET rows_left = 1000000');
  }
}

function changesBy(operation: Operation): { was: JobState; became: JobState }[] {
  database.db.exec('DELETE FROM changes');
  operation.run(jobs);
  return database.db.prepare('SELECT was, became FROM changes').all() as { was: JobState; became: JobState }[];
}

const upload = (id: string, isAsked: boolean) =>
  anUpload({
    eventId: id,
    roomId: ROOMS[IDS.indexOf(id) % 2] as string,
    sender: `@${IDS.indexOf(id) % 3}:here`,
    isAsked,
  });
const replyTo = (id: string): Reply => ({
  roomId: ROOMS[0] as string,
  sourceEventId: id,
  part: 'answer',
  body: { kind: 'message', content: {} },
  optional: false,
});

const anId = fc.constantFrom(...IDS);
/** What most jobs go through comes more often, so that the rest meets jobs in every state. */
const aStep: fc.Arbitrary<Operation> = fc.oneof(
  fc.nat(200).map((ms) => ({
    name: `claim after ${ms} ms`,
    ways: ['due', 'claim'] as TransitionName[],
    run: (on: JobLedger) => on.claim(nowMs + ms, new Set()),
  })),
  onOne('reading', ['read'], (on, id) => on.move(id, 'reading')),
  onAll('resume', ['resume', 'wait'], (on) => on.resume(nowMs)),
  onOne('finish', ['finish'], (on, id) => on.finish(id)),
);
const anyOperation: fc.Arbitrary<Operation> = fc.oneof(
  fc.tuple(anId, fc.boolean(), fc.option(fc.nat(100))).map(([id, isAsked, due]) => ({
    name: `insert ${id}`,
    ways: [],
    run: (on: JobLedger) =>
      on.insert(upload(id, isAsked), {
        postedAtMs: nowMs,
        receivedAtMs: nowMs,
        dueAtMs: due === null ? null : nowMs + due,
      }),
  })),
  anId.map((id) => ({
    name: `ask ${id}`,
    ways: [],
    run: (on: JobLedger) => on.ask(upload(id, true), { postedAtMs: nowMs, receivedAtMs: nowMs }),
  })),
  onOne('setAside', ['setAside'], (on, id) => on.setAside(id)),
  fc.tuple(fc.nat(200), fc.subarray(ROOMS)).map(([ms, full]) => ({
    name: `claim after ${ms} ms but for ${full}`,
    ways: ['due', 'claim'] as TransitionName[],
    run: (on: JobLedger) => on.claim(nowMs + ms, new Set(full)),
  })),
  onOne('queued', ['claim'], (on, id) => on.move(id, 'queued')),
  onOne('thinking', ['think'], (on, id) => on.move(id, 'thinking')),
  onOne('wait', ['wait'], (on, id) =>
    on.wait(id, { untilMs: nowMs + 50, attempt: 2, outageSinceMs: null, errorCode: 'internal' }),
  ),
  ...(['done', 'refused', 'failed'] as const).map((state) =>
    onOne(`answer as ${state}`, ['reply'], (on, id) =>
      on.saveReplies(id, [replyTo(id)], { state, errorCode: null, isProvisional: state === 'done' }),
    ),
  ),
  onOne('cancel', ['cancel'], (on, id) => on.cancel(id)),
  onOne('again', ['again'], (on, id) => on.again(id)),
  fc.constantFrom(...ROOMS).map((room) => ({
    name: `leave ${room}`,
    ways: ['cancel'] as TransitionName[],
    run: (on: JobLedger) => on.cancelRoom(room),
  })),
  onOne('leave', ['leave'], (on, id) => on.leave(id)),
  onOne('retry', ['retry'], (on, id) => on.retry(id)),
  onAll('retryBacklog', ['retry'], (on) => on.retryBacklog({ postedSinceMs: 0, maxTries: 3 })),
  onAll('improve', ['improve'], (on) => on.improve(0)),
);
const anOperation = fc.oneof({ arbitrary: aStep, weight: 1 }, { arbitrary: anyOperation, weight: 2 });

function onOne(name: string, ways: TransitionName[], run: (on: JobLedger, id: string) => unknown) {
  return anId.map((id) => ({ name: `${name} ${id}`, ways, run: (on: JobLedger) => run(on, id) }));
}

function onAll(name: string, ways: TransitionName[], run: (on: JobLedger) => unknown) {
  return fc.constant({ name, ways, run });
}

test('whatever happens to jobs, each goes only where the state machine lets it, and half an operation is never stored', () => {
  fc.assert(
    fc
      .property(fc.array(fc.tuple(anOperation, fc.nat(3)), { minLength: 20, maxLength: 60 }), (steps) => {
        for (const [operation, rows] of steps) {
          const before = stored();
          nowMs += 10;
          if (isCutAfter(rows, operation)) expect(stored(), operation.name).toEqual(before);
          const strays = changesBy(operation).filter(
            ({ was, became }) => !operation.ways.some((way) => isAllowed(way, was, became)),
          );
          expect(strays, operation.name).toEqual([]);
        }
      })
      .afterEach(() => database.db.exec('DELETE FROM jobs; DELETE FROM replies')),
    { numRuns: 150 },
  );
});

test('what is counted in each state is what is there', () => {
  fc.assert(
    fc
      .property(fc.array(anOperation, { maxLength: 60 }), (operations) => {
        for (const operation of operations) {
          nowMs += 10;
          operation.run(jobs);
        }
        const rows = database.db.prepare('SELECT state, count(*) AS n FROM jobs GROUP BY state').all();
        const counted = Object.entries(jobs.counts()).filter(([, n]) => n !== 0);
        expect(Object.fromEntries(counted)).toEqual(Object.fromEntries(rows.map(({ state, n }) => [state, n])));
      })
      .afterEach(() => database.db.exec('DELETE FROM jobs; DELETE FROM replies')),
    { numRuns: 100 },
  );
});
