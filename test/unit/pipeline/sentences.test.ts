// Where a sentence ends and where it goes on, in several languages.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splitSentences } from '../../../src/pipeline/sentences.ts';

describe('a sentence goes on', () => {
  test.each([
    ['after a title', 'Wir danken Hr. Brandes und Fr. Dr. Kröger für die Mühe.'],
    ['after dotted letters', 'Viele Titel, z. B. Reiseführer, d. h. neue, liegen bereit.'],
    ['after e.g. and i.e.', 'Some titles, e.g. Novels, i.e. the new ones, are there.'],
    ['after initials', 'The book was written by John M. Chambers and R. A. Becker.'],
    ['after an ordinal number before a month', 'Die Bücherei schließt am 1. April und öffnet am 30. September wieder.'],
    ['after the number of a section', '3. Accounts of the year were approved.'],
    ['after an abbreviation before a number', 'As Fig. 3 and No. 12 show, the river rose.'],
    ['within a number', 'The reserve is 286.000 Euro or 1.9 million.'],
    ['after a full stop before a small letter', 'The plot (approx. five acres) was sold.'],
  ])('%s', (_where, sentence) => {
    expect(splitSentences(sentence)).toEqual([sentence]);
  });
});

describe('a sentence ends', () => {
  test.each([
    ['at a full stop', ['The lift broke down.', 'The repair took weeks.']],
    ['after a number that is no ordinal', ['The vote was 29 to 12.', 'Six places will be set up.']],
    ['after a single letter before a little word', ['It is described in Appendix A.', 'This should help.']],
    ['at a question and an exclamation', ['Is it true?', 'It is!', 'Then we agree.']],
    ['after a closing quote', ['He said “we are done.”', 'Nobody answered.']],
  ])('%s', (_where, sentences) => {
    expect(splitSentences(sentences.join(' '))).toEqual(sentences);
  });

  test('at the full stop of Chinese and Japanese', () => {
    expect(splitSentences('価格は高い。利点は多い。')).toEqual(['価格は高い。', '利点は多い。']);
  });
});

test('nothing but white space is lost', () => {
  const bare = (text: string): string => text.replaceAll(/\s/g, '');
  const anyText = fc.string({ unit: fc.constantFrom('a', 'B', '.', ' ', '1', '!', '。', 'ä', '„', '-') });
  fc.assert(
    fc.property(anyText, (text) => {
      expect(bare(splitSentences(text).join(''))).toBe(bare(text));
    }),
  );
});
