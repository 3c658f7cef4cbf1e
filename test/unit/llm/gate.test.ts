// Owns the tests of who may call a model's server, when, and in which order.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppError } from '../../../src/domain/errors.ts';
import type { ModelRequest } from '../../../src/domain/model.ts';
import { Gate, type GateOptions, type Permit } from '../../../src/llm/gate.ts';
import { createRecordingLog, type LogRecord } from '../../fixtures/recordingLog.ts';

const NO_USAGE = { inputTokens: 0, outputTokens: 0 };
const away = new AppError('model_unavailable', 'gpu answered 503');

let gate: Gate;
let records: LogRecord[];
let entered: string[];

beforeEach(() => {
  vi.useFakeTimers();
  open({});
});
afterEach(() => {
  vi.useRealTimers();
});

function open(options: Partial<GateOptions>) {
  const recording = createRecordingLog();
  records = recording.records;
  entered = [];
  gate = new Gate({ host: 'gpu', log: recording.log, random: () => 0, ...options });
}

function request(user: string, signal = new AbortController().signal): ModelRequest {
  return { system: '', user, maxOutputTokens: 100, signal };
}

/** Comes to the gate; the name is noted when it is let through. */
function come(name: string, signal?: AbortSignal): Promise<Permit> {
  const permit = gate.enter(request(name, signal));
  permit.then(
    () => entered.push(name),
    () => entered.push(`${name} not`),
  );
  return permit;
}

async function passed(ms = 0): Promise<string[]> {
  await vi.advanceTimersByTimeAsync(ms);
  return entered.splice(0);
}

async function fail(times: number) {
  for (let n = 0; n < times; n++) (await gate.enter(request('failing'))).failed(away);
}

it('a server that had gone is tried as soon as it is there again, by one call', async () => {
  let isThere = false;
  const onBack = vi.fn();
  open({ isThere: async () => isThere, onBack });
  await fail(5);
  await passed(7_000);
  expect(gate.load().state).toBe('open');
  isThere = true;
  await passed(5_000);
  expect(gate.load().state).toBe('half_open');
  expect(onBack).toHaveBeenCalledTimes(1);
  void come('probe');
  void come('another').catch(() => undefined);
  expect(await passed()).toEqual(['probe', 'another not']);
});

describe('concurrency', () => {
  it('lets so many through at a time, the others in the order they came', async () => {
    open({ maxConcurrent: 2 });
    const first = come('a');
    for (const name of ['b', 'c', 'd']) void come(name);
    expect(await passed()).toEqual(['a', 'b']);
    expect(gate.load().callsUnderWay).toBe(2);
    (await first).answered(NO_USAGE);
    expect(await passed()).toEqual(['c']);
  });

  it.each(['failed', 'abandoned'] as const)('makes room after a call that was %s', async (how) => {
    open({ maxConcurrent: 1 });
    const permit = await come('a');
    void come('b');
    if (how === 'failed') permit.failed(away);
    else permit.abandoned();
    expect(await passed()).toEqual(['a', 'b']);
  });

  it('forgets who gives up while waiting, with the reason, and never lets the next one wait for them', async () => {
    open({ requestsPerMinute: 1 });
    const caller = new AbortController();
    void come('a');
    const given = come('b', caller.signal);
    void come('c');
    caller.abort(new Error('taken back'));
    await expect(given).rejects.toThrow('taken back');
    expect(await passed(61_200)).toEqual(['a', 'b not', 'c']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('takes nobody who has given up before', async () => {
    await expect(come('a', AbortSignal.abort(new Error('taken back')))).rejects.toThrow('taken back');
    expect(gate.load()).toMatchObject({ callsUnderWay: 0, requestsLastMinute: 0 });
  });
});

describe('limits', () => {
  it('makes calls wait for their turn under the limit of requests', async () => {
    open({ requestsPerMinute: 60 });
    for (let n = 1; n <= 6; n++) void come(String(n));
    expect(await passed()).toEqual(['1', '2']);
    expect(await passed(2_100)).toEqual(['3', '4']);
    expect(gate.load()).toMatchObject({ requestsLastMinute: 4, maxRequestsPerMinute: 60, maxTokensPerMinute: null });
  });

  it('counts the tokens that were used once they are known, and what was reserved for a call that failed', async () => {
    open({ tokensPerMinute: 10_000 });
    const permit = await come('x'.repeat(300));
    expect(gate.load()).toMatchObject({ tokensLastMinute: 200, maxTokensPerMinute: 10_000 });
    permit.answered({ inputTokens: 70, outputTokens: 30 });
    expect(gate.load().tokensLastMinute).toBe(100);
    (await come('x'.repeat(300))).failed(away);
    expect(gate.load().tokensLastMinute).toBe(200);
  });

  it('lets a call through that is larger than a whole minute allows, alone', async () => {
    open({ tokensPerMinute: 1_000 });
    const large = await come('x'.repeat(9_000));
    void come('after');
    large.answered({ inputTokens: 2_900, outputTokens: 10 });
    await passed();
    expect(await passed(60_000)).toEqual([]);
    expect(await passed(1_200)).toEqual(['after']);
  });
});

describe('a pause that the server wants', () => {
  it('holds all calls until it is over', async () => {
    gate.hold(17_000);
    void come('a');
    void come('b');
    expect(await passed(16_999)).toEqual([]);
    expect(await passed(1)).toEqual(['a', 'b']);
  });

  it('of more than a minute sends everybody away until then, those in line as well', async () => {
    open({ maxConcurrent: 1 });
    void come('a');
    const waiting = come('b');
    gate.hold(90_000);
    const sent = { code: 'model_rate_limited', message: 'gpu wants a pause of 90 s', retryAfterMs: 90_000 };
    await expect(waiting).rejects.toMatchObject(sent);
    await expect(come('c')).rejects.toMatchObject(sent);
  });
});

describe('a server that keeps failing', () => {
  it('is left alone, and everybody in line is sent away, not all to come back at the same moment', async () => {
    let n = 0;
    open({ maxConcurrent: 1, random: () => n++ / 10 });
    await fail(4);
    const last = await come('fifth');
    const waiting = ['a', 'b'].map((name) => come(name).catch(({ retryAfterMs }) => retryAfterMs));
    last.failed(away);
    const times = await Promise.all(waiting);
    expect(new Set(times).size).toBe(2);
    for (const ms of times) expect(ms).toSatisfy((value: number) => value >= 60_000 && value <= 63_000);
    expect(gate.load()).toMatchObject({ state: 'open', retryAtMs: Date.now() + 60_000 });
  });

  it('is tried by the first who comes then; the others come again in a while', async () => {
    await fail(5);
    expect(await passed(60_000)).toEqual([]);
    expect(gate.load()).toMatchObject({ state: 'half_open', retryAtMs: null });
    const probe = await come('probe');
    await expect(come('other')).rejects.toMatchObject({ code: 'model_unavailable', retryAfterMs: 10_000 });
    probe.answered(NO_USAGE);
    await expect(come('next')).resolves.toBeDefined();
  });

  it('is away since the first failure after its last sign of life, until it answers again', async () => {
    await fail(1);
    await passed(1_000);
    (await come('refused')).failed(new AppError('model_failed', 'no'));
    await fail(1);
    await passed(9_000);
    expect(gate.load().awayForMs).toBeNull();
    await fail(4);
    await passed(60_000);
    expect(gate.load()).toMatchObject({ state: 'half_open', awayForMs: 69_000 });
    (await come('probe')).answered(NO_USAGE);
    expect(gate.load().awayForMs).toBeNull();
  });

  it('says in the log once that it is left alone and why, and once that it is back', async () => {
    await fail(5);
    await come('refused').catch(() => {});
    await passed(60_000);
    (await come('probe')).answered(NO_USAGE);
    expect(records).toEqual([
      {
        level: 'warn',
        message: 'the model is left alone for a while',
        host: 'gpu',
        openMs: 60_000,
        error: away.message,
      },
      { level: 'info', message: 'the model is back', host: 'gpu' },
    ]);
  });

  it.each(['model_rate_limited', 'model_failed', 'model_context_exceeded', 'model_cannot_see'] as const)(
    'is not one that answers %s',
    async (code) => {
      for (let n = 0; n < 20; n++) (await gate.enter(request('x'))).failed(new AppError(code, 'no'));
      expect(gate.load().state).toBe('closed');
    },
  );

  it('is not found to be back by a call that gives up, or that never reached it', async () => {
    await fail(5);
    await passed(60_000);
    (await come('a')).abandoned();
    (await come('b')).failed(new AppError('model_cannot_see', 'blind'));
    expect(gate.load().state).toBe('half_open');
  });
});

describe('onBack', () => {
  it('is told of the first answer after a failure, also when the server was never left alone', async () => {
    const onBack = vi.fn();
    open({ onBack });
    (await come('a')).answered(NO_USAGE);
    expect(onBack).not.toHaveBeenCalled();
    await fail(1);
    (await come('b')).failed(new AppError('model_failed', 'empty'));
    expect(onBack).not.toHaveBeenCalled();
    (await come('c')).answered(NO_USAGE);
    (await come('d')).answered(NO_USAGE);
    expect(onBack).toHaveBeenCalledOnce();
  });
});
