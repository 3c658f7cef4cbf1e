// What the log promises: JSON for machines, a line for people, and no secret in either, wherever it hides.
import type { WriteStream } from 'node:tty';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../../src/domain/errors.ts';
import { createLog, type LogSettings } from '../../../src/ops/log.ts';

async function capture(settings: Partial<LogSettings> & { isTTY?: boolean } = {}) {
  const lines: string[] = [];
  const destination = {
    isTTY: settings.isTTY,
    write: (line: string) => lines.push(line) > 0,
  } as unknown as WriteStream;
  const log = await createLog({ level: 'info', format: 'json', secrets: [], destination, ...settings });
  return { log, lines, text: () => lines.join('') };
}

describe('a line', () => {
  test('in JSON is one object with its fields', async () => {
    const { log, lines } = await capture();
    log.child({ job: '$a' }).warn({ attempt: 2 }, 'job failed');
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      level: 'warn',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      job: '$a',
      attempt: 2,
      msg: 'job failed',
    });
  });

  test('tells an error with its code and what caused it', async () => {
    const { log, text } = await capture();
    log.error({ err: new AppError('internal', 'outer', { cause: new Error('inner') }) }, 'failed');
    expect(JSON.parse(text()).err).toMatchObject({
      code: 'internal',
      message: expect.stringContaining('outer'),
      cause: { message: 'inner' },
    });
  });

  test('below the level is not written', async () => {
    const { log, lines } = await capture({ level: 'warn' });
    log.info({}, 'no');
    log.debug({}, 'no');
    expect(lines).toEqual([]);
    const silent = await capture({ level: 'silent' });
    silent.log.error({}, 'no');
    expect(silent.lines).toEqual([]);
  });

  test.each<[LogSettings['format'], boolean, boolean]>([
    ['auto', true, true],
    ['auto', false, false],
    ['pretty', false, true],
    ['json', true, false],
  ])('with format %s on a terminal (%s) is pretty: %s', async (format, isTTY, isPretty) => {
    const { log, text } = await capture({ format, isTTY });
    log.info({ pages: 3 }, 'read');
    expect(text().startsWith('{')).toBe(!isPretty);
    expect(text()).toContain('read');
    expect(text()).toContain('pages');
  });

  test('that is pretty has colours on a terminal only', async () => {
    const { log, text } = await capture({ format: 'pretty', isTTY: false });
    log.info({}, 'read');
    expect(text()).not.toContain('\u001b');
  });
});

const wrapped = (cause: unknown) => new AppError('internal', 'x', { cause });
const withStack = (stack: string) => Object.assign(new Error('x'), { stack });

describe('a secret', () => {
  const secret = 'p@ss "word"/ü';
  const places: [string, object, string][] = [
    ['a message', {}, `login with ${secret}`],
    ['a field', { password: secret }, 'x'],
    ['a nested field', { a: { b: [{ c: secret }] } }, 'x'],
    ['an error', { err: new Error(`bad ${secret}`) }, 'x'],
    ['a cause', { err: new AppError('internal', 'x', { cause: new Error(secret) }) }, 'x'],
    ['a cause of a cause', { err: wrapped(wrapped(new Error(secret))) }, 'x'],
    ['the stack of an error', { err: withStack(`Error: x\n    at ${secret}`) }, 'x'],
    ['a field of an error', { err: Object.assign(new Error('x'), { request: { headers: [secret] } }) }, 'x'],
    ['one of several errors', { err: new AggregateError([new Error(secret)], 'x') }, 'x'],
    ['an answer that an error quotes', { err: new Error(JSON.stringify({ body: JSON.stringify({ secret }) })) }, 'x'],
    ['an address', { url: `http://here/?p=${encodeURIComponent(secret)}` }, 'x'],
  ];

  test.each(places)('is not written from %s, in JSON or for people', async (_place, fields, message) => {
    for (const format of ['json', 'pretty'] as const) {
      const { log, text } = await capture({ format, secrets: [secret] });
      log.warn(fields, message);
      expect(text()).toContain('[secret]');
      for (const form of [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]) {
        expect(text()).not.toContain(form);
      }
    }
  });
});
