// Owns the tests of how much text goes into one call.
import { describe, expect, it } from 'vitest';
import { ContextOverflow } from '../../../src/domain/model.ts';
import { createContextBudget } from '../../../src/pipeline/contextBudget.ts';

const FRAME = { system: '', user: '' };
/** 3,000 estimated tokens. */
const PROMPT = { system: '', user: 'x'.repeat(9_000) };
const overflow = (promptTokens?: number, contextTokens?: number) =>
  new ContextOverflow('too long', { promptTokens, contextTokens });

describe('a budget', () => {
  it('gives answers what is configured, but never more than a third of the context', () => {
    const wide = createContextBudget({ contextTokens: 8192, maxOutputTokens: 1024 });
    const narrow = createContextBudget({ contextTokens: 2048, maxOutputTokens: 1024 });
    expect([wide.answerTokens(), wide.partTokens()]).toEqual([1024, 1024]);
    expect([narrow.answerTokens(), narrow.partTokens()]).toEqual([682, 341]);
  });

  it('leaves for the text what instructions, answer and chat template do not take', () => {
    const budget = createContextBudget({ contextTokens: 8192, maxOutputTokens: 1024 });
    expect(budget.textTokens(FRAME, 1024)).toBe(8192 - 1024 - 64);
    expect(budget.textTokens({ system: 'x'.repeat(300), user: 'x'.repeat(600) }, 1024)).toBe(8192 - 1024 - 64 - 300);
  });

  it("learns the server's context and its tokens for a text", () => {
    const budget = createContextBudget({ contextTokens: 8192, maxOutputTokens: 1024 });
    budget.learn(overflow(9_000, 4_096), PROMPT);
    // Three tokens for each that was estimated, and a tenth to be safe.
    expect(budget.textTokens(FRAME, 1_000)).toBe(Math.floor((4_096 - 1_000 - 64) / 3.3));
  });

  it('gives less than half of the text when it was told nothing, or nothing new', () => {
    const budget = createContextBudget({ contextTokens: 8_192, maxOutputTokens: 1_024 });
    const first = budget.textTokens(FRAME, 1_024);
    budget.learn(null, PROMPT);
    const second = budget.textTokens(FRAME, 1_024);
    budget.learn(overflow(100, 20_000), PROMPT);
    const third = budget.textTokens(FRAME, 1_024);
    expect(second).toBeLessThan(first / 2);
    expect(third).toBeLessThan(second / 2);
    expect(third).toBeGreaterThan(first / 8);
  });

  it('fails when next to nothing is left', () => {
    const budget = createContextBudget({ contextTokens: 300, maxOutputTokens: 100 });
    expect(budget.textTokens(FRAME, 100)).toBe(136);
    budget.learn(overflow(undefined, 200), PROMPT);
    expect(() => budget.textTokens(FRAME, 100)).toThrow(expect.objectContaining({ code: 'model_context_exceeded' }));
  });

  it('tells of the document itself only where there is room', () => {
    expect(createContextBudget({ contextTokens: 8192, maxOutputTokens: 1 }).isRoomy()).toBe(true);
    expect(createContextBudget({ contextTokens: 2048, maxOutputTokens: 1 }).isRoomy()).toBe(false);
  });
});
