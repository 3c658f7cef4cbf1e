// What the bar of `read` promises: one line on a terminal that says what is at work, and nothing anywhere else.
import type { WriteStream } from 'node:tty';
import { describe, expect, test } from 'vitest';
import { createReadBar } from '../../../src/cli/readBar.ts';

function bar(total: number, stream: { isTTY: boolean; columns?: number }) {
  const written: string[] = [];
  const readBar = createReadBar(total, {
    ...stream,
    write: (text: string) => written.push(text),
  } as unknown as WriteStream);
  const line = () => (written.at(-1) ?? '').replace('\r\u001b[K', '');
  return { readBar, written, line };
}

describe('the bar', () => {
  test('writes nothing where there is no terminal', () => {
    const { readBar, written } = bar(2, { isTTY: false });
    readBar.page('a.pdf', 1, 2);
    readBar.part('a.pdf', 1, 2);
    readBar.done();
    readBar.clear();
    expect(written).toEqual([]);
  });

  test('shows the page, the part, and how many files are finished', () => {
    const { readBar, line } = bar(2, { isTTY: true, columns: 100 });
    readBar.page('a.pdf', 3, 80);
    expect(line()).toBe('[........................] 0/2 a.pdf: page 3 of 80');
    readBar.done();
    expect(line()).toBe('[############............] 1/2 ');
    readBar.part('b.pdf', 2, 5);
    expect(line()).toBe('[############............] 1/2 b.pdf: summarising 2 of 5');
  });

  test('never takes more than one line of the terminal', () => {
    const { readBar, line } = bar(1, { isTTY: true, columns: 40 });
    readBar.page(`${'x'.repeat(200)}.pdf`, 1, 2);
    expect(line()).toHaveLength(39);
  });

  test('can be taken away', () => {
    const { readBar, written } = bar(1, { isTTY: true, columns: 40 });
    readBar.clear();
    expect(written).toEqual(['\r\u001b[K']);
  });
});
