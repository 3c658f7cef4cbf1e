// What the summary and the prompt see of a document: its pages with text, up to the cap.
import { describe, expect, test } from 'vitest';
import type { PageText } from '../../../src/domain/reading.ts';
import { makeBody } from '../../../src/pipeline/body.ts';

const pages = (...texts: string[]): PageText[] =>
  texts.map((text, index) => ({ page: index + 1, text, source: 'text' }));

describe('the body', () => {
  test('leaves out pages without text and keeps the numbers of the others', () => {
    const { body, note } = makeBody(pages('first', '', 'third'), 1_000);
    expect(body).toEqual([
      { page: 1, text: 'first' },
      { page: 3, text: 'third' },
    ]);
    expect(note).toBeNull();
  });

  test('ends at the cap with a whole line, and says so', () => {
    const { body, note } = makeBody(pages('one\ntwo', 'three\nfour\nfive', 'six'), 18);
    expect(body).toEqual([
      { page: 1, text: 'one\ntwo' },
      { page: 2, text: 'three\nfour' },
    ]);
    expect(note).toEqual({ kind: 'summary_limit', characters: 18, lastPage: 2 });
  });

  test('names the last page that is in it when not a line of the next one fits', () => {
    const { note } = makeBody(pages('one two three', 'a single long line'), 16);
    expect(note).toEqual({ kind: 'summary_limit', characters: 16, lastPage: 1 });
  });

  test('has no running header', () => {
    const texts = ['apples', 'pears', 'plums'].map((fruit, index) => `Fruit Report\nAll about ${fruit}.\n${index + 1}`);
    expect(makeBody(pages(...texts), 1_000).body.map((page) => page.text)).toEqual([
      'All about apples.',
      'All about pears.',
      'All about plums.',
    ]);
  });
});
