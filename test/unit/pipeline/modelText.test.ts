// Owns the tests of finding summary and key points in answers that keep to the form more or less.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { capAtSentence, parseModelText } from '../../../src/pipeline/modelText.ts';
import { anyCharacters } from '../../fixtures/anyCharacters.ts';

describe('parseModelText', () => {
  it('reads the form that was asked for', () => {
    const answer =
      'The plan has two parts (p. 1). It closes\nwith the costs (p. 2).\n\nKey points:\n- Two parts (p. 1)\n- Costs (p. 2)';
    expect(parseModelText(answer)).toEqual({
      summary: 'The plan has two parts (p. 1). It closes with the costs (p. 2).',
      keyPoints: ['Two parts (p. 1)', 'Costs (p. 2)'],
    });
  });

  const odd: [name: string, answer: string, summary: string, keyPoints: string[]][] = [
    ['only a summary', 'It is a plan (p. 1).', 'It is a plan (p. 1).', []],
    ['a preface', 'Sure! Here is the summary:\n\nIt is a plan.', 'It is a plan.', []],
    ['a preface in the same line', "Here's a summary of the document: It is a plan.", 'It is a plan.', []],
    ['a label', '**Summary:** It is a plan.', 'It is a plan.', []],
    ['a heading above', '# Summary:\nIt is a plan.\n## Key Points\n* A\n* B', 'It is a plan.', ['A', 'B']],
    ['numbers for bullets', 'It is a plan.\n\nKey takeaways:\n1. A\n2) B', 'It is a plan.', ['A', 'B']],
    ['blank lines between', 'It is a plan.\n\nKey points:\n\n- A\n\n- B\n', 'It is a plan.', ['A', 'B']],
    ['points over two lines', 'It is a plan.\nKey points:\n- A goes\n  on\n- B', 'It is a plan.', ['A goes on', 'B']],
    ['points without bullets', 'It is a plan.\nKey points:\nA\nB', 'It is a plan.', ['A', 'B']],
    ['a first point in the line', 'It is a plan.\nKey points: A\n- B', 'It is a plan.', ['A', 'B']],
    ['words after the points', 'It is a plan.\nKey points:\n- A\n\nHope this helps!', 'It is a plan.', ['A']],
    ['no heading', 'It is a plan.\n\n- A\n- B', 'It is a plan.', ['A', 'B']],
    ['German', 'Es ist ein Plan (p. 1).\n\nWichtigste Punkte:\n- A', 'Es ist ein Plan (p. 1).', ['A']],
    ['an unknown language', 'Það er áætlun.\n\nHelstu atriði:\n- A\n- B', 'Það er áætlun.', ['A', 'B']],
    ['Japanese', '計画です（p. 1）。\n\n要点：\n・A\n・B', '計画です（p. 1）。', ['A', 'B']],
    ['points first', 'Key points:\n- A\n- B\n\nSummary: It is a plan.', 'It is a plan.', ['A', 'B']],
    ['only points', 'Key points:\n- A is so.\n- B is so.', 'A is so. B is so.', []],
    ['a bulleted summary', '- It is a plan.\n- It costs.\n\nKey points:\n- A', 'It is a plan. It costs.', ['A']],
    ['a cut answer', 'It is a plan.\n\nKey points:\n- A\n- B and th', 'It is a plan.', ['A', 'B and th']],
    ['the same point twice', 'It is a plan.\nKey points:\n- A\n- A\n- B', 'It is a plan.', ['A', 'B']],
    [
      'a repeated prompt',
      '<<<0123456789abcdef\n[page 1]\nIt is a plan.\n0123456789abcdef>>>\nKey points:\n- A',
      'It is a plan.',
      ['A'],
    ],
    ['thoughts before', '<think>Key points:\n- no</think>It is a plan.', 'It is a plan.', []],
  ];

  it.each(odd)('takes %s', (_name, answer, summary, keyPoints) => {
    expect(parseModelText(answer)).toEqual({ summary, keyPoints });
  });

  it.each(['', ' \n ', '<think>hm', '```\n```', '\u200b\u202e', '---', 'Key points:', '- \n- '])(
    'finds nothing in %j',
    (answer) => {
      expect(parseModelText(answer)).toBeNull();
    },
  );

  it('keeps at most five points', () => {
    const points = Array.from({ length: 9 }, (_, i) => `- Point ${i}`).join('\n');
    expect(parseModelText(`Text.\n\nKey points:\n${points}`)?.keyPoints).toHaveLength(5);
  });

  it('ends a summary that is too long after a sentence', () => {
    const summary = parseModelText('This is a sentence (p. 1). '.repeat(400))?.summary ?? '';
    expect(summary.length).toBeLessThanOrEqual(4_000);
    expect(summary.endsWith('This is a sentence (p. 1).')).toBe(true);
  });

  it('gives one clean line for everything, whatever comes', () => {
    const bit = fc.constantFrom(
      'Key points:',
      '- ',
      '\n',
      ' ',
      'word',
      '**',
      '1. ',
      ':',
      '\u202e',
      '<think>',
      '</think>',
    );
    const answers = fc.array(fc.oneof(bit, anyCharacters(20))).map((bits) => bits.join(''));
    fc.assert(
      fc.property(answers, (answer) => {
        const parsed = parseModelText(answer);
        for (const line of parsed ? [parsed.summary, ...parsed.keyPoints] : []) {
          expect(line).not.toBe('');
          expect(line).toBe(line.trim());
          expect(line).not.toMatch(/[\p{Cc}\u202a-\u202e]/u);
        }
      }),
    );
  });
});

describe('capAtSentence', () => {
  it('leaves a short text alone', () => {
    expect(capAtSentence('Short', 10)).toBe('Short');
  });

  it('cuts at a word, with an ellipsis, where no sentence ends', () => {
    expect(capAtSentence('one two three four', 12)).toBe('one two…');
    expect(capAtSentence('x'.repeat(50), 10)).toBe(`${'x'.repeat(9)}…`);
  });

  it('keeps within the limit and never cuts a character in two', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 100 }), fc.integer({ min: 1, max: 60 }), (text, max) => {
        const capped = capAtSentence(text, max);
        expect(capped.length).toBeLessThanOrEqual(max);
        expect(capped.isWellFormed()).toBe(true);
      }),
    );
  });
});
