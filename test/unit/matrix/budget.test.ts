// What the send budget promises: it knows Synapse's default limit, learns of a higher one, and never lets optional sends delay answers.
import { beforeEach, describe, expect, test } from 'vitest';
import { SendBudget } from '../../../src/matrix/budget.ts';

const MINUTE = 60_000;
let nowMs: number;
let budget: SendBudget;
beforeEach(() => {
  nowMs = 1_000_000_000;
  budget = new SendBudget(() => nowMs);
});

const send = (times: number) => {
  for (let sent = 0; sent < times; sent++) budget.spent();
};

describe('the send budget', () => {
  test('a fresh one lets optional sends go at once', () => {
    expect(budget.optionalPauseMs(0)).toBe(0);
    expect(budget.pauseMs()).toBe(0);
  });

  test('optional sends leave one send to each answer that is still to come', () => {
    expect(budget.optionalPauseMs(9)).toBe(0);
    expect(budget.optionalPauseMs(10)).toBe(5_000);
    expect(budget.optionalPauseMs(12)).toBe(15_000);
  });

  test('after a burst optional sends come back at one in five seconds', () => {
    send(8);
    expect(budget.optionalPauseMs(2)).toBe(5_000);
    nowMs += 5_000;
    expect(budget.optionalPauseMs(2)).toBe(0);
  });

  test('a quiet hour saves up one burst and no more', () => {
    send(10);
    nowMs += 60 * MINUTE;
    expect(budget.optionalPauseMs(9)).toBe(0);
    expect(budget.optionalPauseMs(10)).toBeGreaterThan(0);
  });

  test('with no answer to come an empty bucket is tested', () => {
    send(10);
    expect(budget.optionalPauseMs(1)).toBe(10_000);
    expect(budget.optionalPauseMs(0)).toBe(0);
  });

  test('three sends more than the guess allows show that the limit is higher', () => {
    send(12);
    expect(budget.optionalPauseMs(9)).toBeGreaterThan(0);
    send(1);
    expect(budget.optionalPauseMs(19)).toBe(0);
    expect(budget.optionalPauseMs(20)).toBe(1_250);
  });

  test('a 429 holds answers back for as long as the homeserver asked, and optional sends with them', () => {
    budget.limited(7_000);
    expect(budget.pauseMs()).toBe(7_000);
    expect(budget.optionalPauseMs(0)).toBe(7_000);
    nowMs += 7_000;
    expect(budget.pauseMs()).toBe(0);
  });

  test('a 429 that names no time to wait is still not followed at once', () => {
    budget.limited(0);
    expect(budget.pauseMs()).toBe(500);
  });

  test('a 429 brings a guess that was too high back to the default', () => {
    send(13);
    budget.limited(1_000);
    nowMs += 60 * MINUTE;
    expect(budget.optionalPauseMs(9)).toBe(0);
    expect(budget.optionalPauseMs(10)).toBe(5_000);
  });

  test('for ten minutes after a 429 the limit is not tested', () => {
    budget.limited(500);
    nowMs += 500;
    expect(budget.optionalPauseMs(0)).toBe(4_500);
    nowMs += 11 * MINUTE;
    send(10);
    expect(budget.optionalPauseMs(0)).toBe(0);
  });

  test('a clock that is set back takes nothing away and gives nothing', () => {
    send(9);
    nowMs -= 60 * MINUTE;
    expect(budget.optionalPauseMs(0)).toBe(0);
    expect(budget.optionalPauseMs(1)).toBe(5_000);
  });
});
