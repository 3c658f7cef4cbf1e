// Owns the tests of leaving a failing server alone and of finding out that it is back.
import { beforeEach, describe, expect, it } from 'vitest';
import { Breaker, type PassResult } from '../../../src/llm/breaker.ts';

let nowMs = 0;
let told: string[] = [];
let breaker: Breaker;

beforeEach(() => {
  nowMs = 0;
  told = [];
  breaker = new Breaker({
    nowMs: () => nowMs,
    onOpen: (openMs) => told.push(`open for ${openMs / 1000} s`),
    onClose: () => told.push('closed'),
  });
});

function call(...results: PassResult[]) {
  for (const result of results) breaker.leave(breaker.enter(), result);
}

function open() {
  call('failed', 'failed', 'failed', 'failed', 'failed');
}

describe('a breaker', () => {
  it('opens after five failures in a row, and says so once', () => {
    call('failed', 'failed', 'failed', 'failed');
    expect([breaker.state, breaker.isPassable, told]).toEqual(['closed', true, []]);
    call('failed');
    expect([breaker.state, breaker.isPassable, breaker.remainingMs, told]).toEqual([
      'open',
      false,
      60_000,
      ['open for 60 s'],
    ]);
  });

  it('begins to count anew after a sign of life, and not after a call that was given up', () => {
    call('failed', 'failed', 'failed', 'failed', 'alive', 'failed', 'failed', 'failed', 'failed');
    expect(breaker.state).toBe('closed');
    call('unknown', 'failed');
    expect(breaker.state).toBe('open');
  });

  it('lets one call try when its time has come, and no other meanwhile', () => {
    open();
    nowMs = 59_999;
    expect(breaker.isPassable).toBe(false);
    nowMs = 60_000;
    expect([breaker.state, breaker.isPassable, breaker.remainingMs]).toEqual(['half_open', true, 0]);
    expect(breaker.enter()).toEqual({ isProbe: true });
    expect([breaker.state, breaker.isPassable]).toEqual(['half_open', false]);
  });

  it('stays open twice as long after each try that fails, up to five minutes', () => {
    open();
    for (let tries = 0; tries < 4; tries++) {
      nowMs += breaker.remainingMs;
      call('failed');
    }
    expect(told.map((line) => line.replace('open for ', ''))).toEqual(['60 s', '120 s', '240 s', '300 s', '300 s']);
  });

  it('is closed by a try that succeeds, and forgets how often it had opened', () => {
    open();
    nowMs += 60_000;
    call('failed');
    nowMs += 120_000;
    call('alive');
    expect([breaker.state, told.at(-1)]).toEqual(['closed', 'closed']);
    open();
    expect(told.at(-1)).toBe('open for 60 s');
  });

  it('lets another try when the one that tried gave up', () => {
    open();
    nowMs += 60_000;
    call('unknown');
    expect([breaker.state, breaker.isPassable]).toEqual(['half_open', true]);
    call('alive');
    expect(breaker.state).toBe('closed');
  });

  it('is not kept open longer by calls that began before and fail late, nor do they use up the try', () => {
    const late = breaker.enter();
    const later = breaker.enter();
    open();
    nowMs += 30_000;
    breaker.leave(late, 'failed');
    expect(breaker.remainingMs).toBe(30_000);
    nowMs += 30_000;
    breaker.leave(later, 'failed');
    expect([breaker.isPassable, told]).toEqual([true, ['open for 60 s']]);
  });

  it('is closed by a call that began before and succeeds late', () => {
    const late = breaker.enter();
    open();
    breaker.leave(late, 'alive');
    expect([breaker.state, told]).toEqual(['closed', ['open for 60 s', 'closed']]);
  });
});
