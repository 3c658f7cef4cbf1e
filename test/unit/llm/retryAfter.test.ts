// Owns the tests of how a server's wish to wait is read.
import { describe, expect, it } from 'vitest';
import { parseRetryAfter } from '../../../src/llm/retryAfter.ts';

const NOW_MS = Date.parse('2026-03-01T12:00:00Z');
const wait = (headers: Record<string, string>) => parseRetryAfter(new Headers(headers), NOW_MS);

describe('parseRetryAfter', () => {
  it('reads whole and broken seconds', () => {
    expect(wait({ 'retry-after': '20' })).toBe(20_000);
    expect(wait({ 'retry-after': '1.5' })).toBe(1_500);
  });

  it('reads a date as the time until then', () => {
    expect(wait({ 'retry-after': 'Sun, 01 Mar 2026 12:00:45 GMT' })).toBe(45_000);
  });

  it('waits no time for a date that is past', () => {
    expect(wait({ 'retry-after': 'Sun, 01 Mar 2026 11:00:00 GMT' })).toBe(0);
  });

  it('prefers the exact milliseconds of OpenAI', () => {
    expect(wait({ 'retry-after': '1', 'retry-after-ms': '250' })).toBe(250);
  });

  it('knows nothing when the server said nothing readable', () => {
    expect(wait({})).toBeUndefined();
    expect(wait({ 'retry-after': 'soon' })).toBeUndefined();
    expect(wait({ 'retry-after': '' })).toBeUndefined();
    expect(wait({ 'retry-after-ms': '-5' })).toBeUndefined();
  });

  it('never waits longer than a day', () => {
    expect(wait({ 'retry-after': '99999999999' })).toBe(24 * 3_600_000);
  });
});
