// Failed uploads that are tried again without a running Lector: by a bot that stays for as long as that takes.
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { App } from '../../../src/app.ts';
import { tryAgainHere } from '../../../src/cli/backlogHere.ts';
import { AppError, type ErrorCode } from '../../../src/domain/errors.ts';
import type { FailedJob, JobEnd, Ledger } from '../../../src/domain/ledger.ts';
import { openLedger } from '../../../src/ledger/ledger.ts';
import { anUpload } from '../../fixtures/uploads.ts';
import { createSaid } from './said.ts';

vi.mock('node:timers/promises', () => import('../../fixtures/globalTimers.ts'));

let ledger: Ledger;
let failed: FailedJob[];
beforeEach(() => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  ledger = openLedger(':memory:', () => 1_000);
  onTestFinished(() => ledger.close());
  for (const eventId of ['$a', '$b']) {
    const fileName = `${eventId.slice(1)}.pdf`;
    ledger.jobs.insert(anUpload({ eventId, fileName }), { postedAtMs: 1, receivedAtMs: 1 });
    end(eventId, 'failed', 'model_unavailable');
  }
  failed = ledger.jobs.failures({ postedSinceMs: 0 });
});

function end(eventId: string, state: JobEnd, errorCode: ErrorCode | null = null): void {
  ledger.jobs.saveReplies(eventId, [], { state, errorCode });
  ledger.jobs.finish(eventId);
}

/** A bot that does nothing by itself. */
function anApp(start: () => Promise<void> = async () => undefined) {
  const ended = Promise.withResolvers<void>();
  ended.promise.catch(() => undefined);
  const app = { start, ended: ended.promise, stop: vi.fn(async () => ended.resolve()) } satisfies App;
  return { app, ended };
}

function run({ app }: { app: App }, json = false) {
  const out = createSaid();
  const sentences: string[] = [];
  let interrupt = (): void => undefined;
  const jobIds = ledger.jobs.retryBacklog({ postedSinceMs: 0, maxTries: 10 });
  const done = tryAgainHere(jobIds, {
    app,
    ledger,
    failed,
    json,
    stdout: out.stream,
    say: (sentence) => void sentences.push(sentence),
    onSignal: (onFirst) => {
      interrupt = () => onFirst('SIGINT');
    },
  });
  return { done, stdout: out.text, sentences, interrupt: () => interrupt() };
}

/** Long enough for a look at the ledger. */
const aLook = () => vi.advanceTimersByTimeAsync(500);

describe('it ends', () => {
  test('well when all are answered or refused, each told as it ends', async () => {
    const bot = anApp();
    const { done, stdout } = run(bot);
    await aLook();
    expect(stdout()).toBe('');
    end('$b', 'done');
    await aLook();
    expect(stdout()).toBe('b.pdf: answered\n');
    expect(bot.app.stop).not.toHaveBeenCalled();
    end('$a', 'refused', 'password_needed');
    await aLook();
    expect(await done).toBe(0);
    expect(stdout()).toBe('b.pdf: answered\na.pdf: read, and refused (password needed)\n');
    expect(bot.app.stop).toHaveBeenCalledTimes(1);
  });

  test('with 1 when one failed again', async () => {
    const { done, stdout } = run(anApp());
    end('$a', 'done');
    ledger.jobs.leave('$b');
    await aLook();
    expect(await done).toBe(1);
    expect(stdout()).toBe('a.pdf: answered\nb.pdf: failed again (the language model was away for too long)\n');
  });

  test('without those that were redacted in the meantime', async () => {
    const { done, stdout } = run(anApp());
    end('$a', 'done');
    ledger.jobs.cancel('$b');
    await aLook();
    expect(await done).toBe(0);
    expect(stdout()).toContain('b.pdf: no longer there: it was redacted, or its room was left\n');
  });
});

test('for programs each end is one object on a line', async () => {
  const { done, stdout } = run(anApp(), true);
  end('$a', 'done');
  ledger.jobs.leave('$b');
  await aLook();
  await done;
  expect(
    stdout()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual([
    { eventId: '$a', outcome: 'done', code: null },
    { eventId: '$b', outcome: 'failed', code: 'model_unavailable' },
  ]);
});

describe('Ctrl-C', () => {
  test('stops the bot and leaves the rest in line', async () => {
    const bot = anApp();
    const { done, sentences, interrupt } = run(bot);
    end('$a', 'done');
    await aLook();
    interrupt();
    expect(await done).toBe(0);
    expect(bot.app.stop).toHaveBeenCalledTimes(1);
    expect(sentences).toEqual(['1 upload left in line: the next start goes on with them.']);
    expect(ledger.jobs.get('$b')?.state).toBe('received');
  });

  test('does not wait for a homeserver that is away at the start', async () => {
    const bot = anApp(() => new Promise(() => undefined));
    const { done, interrupt } = run(bot);
    interrupt();
    expect(await done).toBe(0);
    expect(bot.app.stop).toHaveBeenCalledTimes(1);
  });
});

describe('what ends the bot ends the command', () => {
  test('at its start', async () => {
    const bot = anApp(async () => {
      throw new AppError('login_failed', 'the password is wrong');
    });
    await expect(run(bot).done).rejects.toThrow('the password is wrong');
    expect(bot.app.stop).toHaveBeenCalledTimes(1);
  });

  test('later', async () => {
    const bot = anApp();
    const { done } = run(bot);
    await aLook();
    bot.ended.reject(new AppError('login_failed', 'the login was ended'));
    await expect(done).rejects.toThrow('the login was ended');
    expect(bot.app.stop).toHaveBeenCalledTimes(1);
  });
});
