// Owns what makes an answer one: said once, in its place, and with words that stand in the document on the page named.
import { expect } from 'vitest';
import type { SeenEvent } from '../../src/playground/member.ts';
import type { Paper } from './paper.ts';
import type { Posted } from './posting.ts';
import { answersTo, marksOf, type Said } from './said.ts';

/** The one answer to an upload: a quiet notice in its thread, ✅ beside it. */
export function expectOneAnswer(events: SeenEvent[], botId: string, { eventId, document }: Posted): Said {
  const answers = answersTo(events, botId, eventId);
  expect(
    answers.map(({ body }) => body),
    `answers to ${document.name}`,
  ).toHaveLength(1);
  const [answer] = answers as [Said];
  expect(answer.relation).toEqual({
    rel_type: 'm.thread',
    event_id: eventId,
    is_falling_back: true,
    'm.in_reply_to': { event_id: eventId },
  });
  expect(answer.content).toMatchObject({ msgtype: 'm.notice', 'm.mentions': {} });
  expect(answer.body).toContain(document.name);
  expect(marksOf(events, botId, eventId), `marks beside “${answer.body}”`).toEqual(['✅']);
  return answer;
}

/** Each paper has its one answer, made of sentences that stand in it, each on the page that is named. */
export function expectAllAnswered(events: SeenEvent[], botId: string, posted: Posted<Paper>[]): void {
  for (const one of posted) expectQuotes(expectOneAnswer(events, botId, one).body, one.document);
}

/** One sentence about what went wrong, in the thread, ❌ beside it. */
export function expectOneRefusal(
  events: SeenEvent[],
  botId: string,
  { eventId, document }: Posted,
  sentence: string,
): void {
  const answers = answersTo(events, botId, eventId);
  expect(answers.map(({ body }) => body)).toEqual([`${document.name}: ${sentence}`]);
  expect(answers[0]?.relation).toMatchObject({ rel_type: 'm.thread', event_id: eventId });
  expect(marksOf(events, botId, eventId), `marks on ${document.name}`).toEqual(['❌']);
}

export type Citation = { words: string; page: number };

/** The sentences of an answer that name a page. */
export function citationsIn(body: string): Citation[] {
  return [...body.matchAll(/([^()\n•]+?) \(p\. (\d+)\)/g)].map(([, words = '', page]) => ({
    words: words.trim(),
    page: Number(page),
  }));
}

/** At least one sentence names a page, and each that does stands on it. */
export function expectQuotes(body: string, { name, pages }: Paper): void {
  const citations = citationsIn(body);
  expect(citations.length, `sentences with pages in:\n${body}`).toBeGreaterThan(0);
  for (const { words, page } of citations) {
    expect(pages[page - 1] ?? [], `page ${page} of ${name}`).toContain(words);
  }
}
