// Whatever members post and whatever stands in for the homeserver's answers: the bot lives on, and reads the next PDF.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Fault } from '../../src/playground/faults.ts';
import { anyAnswer, anyEvent } from '../fixtures/anyAnswers.ts';
import { writePdf } from '../fixtures/pdfWriter.ts';
import { createRig, type Rig } from './botRig.ts';

/** Backed off from what was answered before, on a slow machine. */
const ANSWER_WITHIN_MS = 90_000;
/** A seed takes up to 36 s on two cores that others use, too. */
const TEST_TIMEOUT_MS = 240_000;

const letter = (text: string) => ({
  name: `${text}.pdf`,
  bytes: writePdf({ pages: [{ lines: [`The ${text} is in order.`] }] }),
});

/** In a room that nothing was posted in yet. */
async function expectNextAnswered(rig: Rig): Promise<void> {
  const roomId = await rig.anna.createRoom({ invite: [rig.botId] });
  await rig.anna.waitFor(roomId, ({ sender, type }) => sender === rig.botId && type === 'm.room.message', {
    timeoutMs: ANSWER_WITHIN_MS,
    description: 'a welcome',
  });
  const { eventId } = await rig.anna.postFile(roomId, { ...letter('last letter'), mime: 'application/pdf' });
  const answer = await rig.anna.waitFor(
    roomId,
    ({ sender, content }) => sender === rig.botId && /in order/.test(String(content.body)),
    {
      timeoutMs: ANSWER_WITHIN_MS,
      description: 'the answer to the last letter',
    },
  );
  expect(rig.anna.answersTo(eventId).map(({ event_id }) => event_id)).toEqual([answer.event_id]);
}

/** Lines that tell of a mistake in the program rather than in what it was given. */
function slips(rig: Rig): string[] {
  return rig.records
    .map((record) => JSON.stringify({ ...record, err: String(record.err), why: String(record.reason) }))
    .filter((line) => !/TypeError: (fetch failed|terminated)/.test(line))
    .filter((line) => /TypeError|RangeError|ReferenceError|SyntaxError|SQLITE|ERR_/.test(line));
}

test(
  'events with any JSON in any place',
  async () => {
    const rig = await createRig();
    const known = (await rig.anna.sendText(rig.roomId, 'hello')).eventId;
    const around = { eventIds: [known, '$none'], userIds: [rig.anna.userId, rig.botId, '@eve:playground'] };
    const batches = fc.sample(fc.array(anyEvent(around), { maxLength: 12 }), { numRuns: 400, seed: 4 });
    const rooms = [rig.roomId, '!other:playground', '!nowhere:playground'];
    let served = 0;
    const all = Promise.withResolvers<void>();
    rig.playground.faults.on(({ endpoint, user, query }) => {
      if (endpoint !== 'sync' || user !== rig.botId) return null;
      const events = batches[served];
      served += 1;
      if (served === batches.length + 1) all.resolve();
      if (!events) return null;
      const room = { timeline: { events, limited: served % 20 === 0, prev_batch: 's1' }, state: { events: [] } };
      const body = { next_batch: query.get('since'), rooms: { join: { [rooms[served % 3] as string]: room } } };
      return { kind: 'status', status: 200, body };
    });
    await rig.anna.sendText(rig.roomId, 'wake up');
    await all.promise;
    await expectNextAnswered(rig);
    expect(slips(rig)).toEqual([]);
  },
  TEST_TIMEOUT_MS,
);

const ENDPOINTS =
  'sync send redact download receipt typing join event displayName state messages upload relations profile'.split(' ');

/** Strange answers of a run. */
const ENOUGH = 25;
const OF_A_SYNC = ['sync', 'event', 'displayName', 'state', 'messages'];

test.each([1, 2, 3])(
  'answers of any kind from every endpoint (seed %i)',
  async (seed) => {
    const rig = await createRig({ MEMBER_UPLOADS_PER_MINUTE: '0' });
    const answers = fc.sample(anyAnswer, { numRuns: 150, seed });
    const served: [endpoint: string, answer: Fault][] = [];
    const counts = new Map<string, number>();
    const takeBack = rig.playground.faults.on(({ endpoint, user }) => {
      if (user !== rig.botId || !ENDPOINTS.includes(endpoint)) return null;
      const count = (counts.get(endpoint) ?? 0) + 1;
      counts.set(endpoint, count);
      // What fails again and again is backed off for longer than a test may take, and a sync fails with all that it asks for.
      const isDue = OF_A_SYNC.includes(endpoint) ? (count + OF_A_SYNC.indexOf(endpoint)) % 6 === seed : count % 5 < 2;
      const answer = isDue ? answers[served.length] : undefined;
      if (answer) served.push([endpoint, answer]);
      return answer ?? null;
    });
    onTestFinished(({ task }) => {
      if (task.result?.state === 'fail') console.error(served.map((each) => JSON.stringify(each)).join('\n'));
    });
    for (let round = 0; served.length < ENOUGH && round < 30; round += 1) {
      const { eventId } = await rig.anna.postFile(rig.roomId, {
        ...letter(`letter ${round}`),
        mime: 'application/pdf',
      });
      await rig.anna.sendText(rig.roomId, '!lector mode auto');
      await rig.anna.sendText(rig.roomId, 'lector?', { replyTo: eventId });
      await rig.anna.createRoom({ invite: [rig.botId] });
      if (round % 3 === 0) await rig.anna.redact(rig.roomId, eventId);
      await new Promise((resolve) => setTimeout(resolve, 800));
    }
    takeBack();
    await expectNextAnswered(rig);
    expect(slips(rig)).toEqual([]);
    await vi.waitFor(() => expect(rig.spool()).toEqual([]), { timeout: ANSWER_WITHIN_MS, interval: 200 });
  },
  TEST_TIMEOUT_MS,
);

test(
  'answers of any kind to a start',
  async () => {
    const rig = await createRig();
    const answers = fc.sample(anyAnswer, { numRuns: 60, seed: 5 });
    // What a homeserver says for sure is taken at its word: a login that it refuses is none.
    const unsure = answers.filter((answer) => answer.kind !== 'status' || answer.status >= 500 || answer.status < 300);
    let { app } = rig;
    for (const endpoint of ['whoami', 'login', 'whoami']) {
      await app.stop();
      let left = 2;
      const takeBack = rig.playground.faults.on((request) => {
        if (request.endpoint !== endpoint || left === 0) return null;
        left -= 1;
        return unsure.shift() ?? null;
      });
      if (endpoint === 'login') rmSync(join(rig.dataDir, 'session.json'));
      app = await rig.startBot();
      takeBack();
    }
    await expectNextAnswered(rig);
    expect(slips(rig)).toEqual([]);
  },
  TEST_TIMEOUT_MS,
);
