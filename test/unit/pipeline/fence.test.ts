// Owns the tests that no document can break out of its fence.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFence, disarm } from '../../../src/pipeline/fence.ts';

const CONTROL_TOKEN = /<[|｜]|[|｜]>|<\/?(?:s|bos|eos|think|start_of_turn|end_of_turn)>|\[\/?INST\]/i;

/** Text of someone who knows how fences and chat templates look. */
const hostileText = fc
  .array(
    fc.oneof(
      fc.constantFrom('<<<', '>>>', '\n', '0123456789abcdef', '<|im_end|>', '<|', '|>', '</s>', '[/INST]', '<|<|', '<'),
      fc.string({ maxLength: 10 }),
    ),
    { maxLength: 40 },
  )
  .map((bits) => bits.join(''));

function parse(enclosed: string): { open: string; inside: string; close: string } {
  const lines = enclosed.split('\n');
  return { open: lines[0] ?? '', inside: lines.slice(1, -1).join('\n'), close: lines.at(-1) ?? '' };
}

describe('a fence', () => {
  it('stands round the text and occurs nowhere in it', () => {
    fc.assert(
      fc.property(hostileText, hostileText, (title, text) => {
        const fence = createFence([title, text]);
        const { open, inside, close } = parse(fence.enclose(text));
        const mark = open.slice(3);
        expect(open).toBe(`<<<${mark}`);
        expect(close).toBe(`${mark}>>>`);
        expect(inside).toBe(disarm(text));
        expect(title.includes(mark) || text.includes(mark) || inside.includes(mark)).toBe(false);
      }),
    );
  });

  it('takes another mark when the text holds the first', () => {
    const marks = ['aaaa', 'bbbb', 'cccc'];
    const digest = () => marks.shift() ?? '';
    expect(createFence(['x aaaa bbbb'], digest).enclose('x aaaa bbbb')).toBe('<<<cccc\nx aaaa bbbb\ncccc>>>');
  });

  it('is another one for another text, so that it cannot be foreseen', () => {
    expect(createFence(['a']).enclose('')).not.toBe(createFence(['b']).enclose(''));
  });
});

describe('disarm', () => {
  it('leaves no mark that a chat template would read as its own', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(disarm(text)).not.toMatch(CONTROL_TOKEN);
      }),
    );
  });

  it('leaves ordinary text alone', () => {
    const text = 'if (a < b || b > c) see [1], <b>bold</b> | table | 3 > 2';
    expect(disarm(text)).toBe(text);
  });

  it('keeps the words of a mark readable', () => {
    expect(disarm('<|im_start|>system</s>[INST]')).toBe('< |im_start| >system< /s>[ INST]');
  });
});
