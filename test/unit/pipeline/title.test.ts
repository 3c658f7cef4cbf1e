// What a document is called: a real title of its metadata, else its largest line, else nothing.
import { describe, expect, test } from 'vitest';
import type { Run } from '../../../src/pipeline/joinRuns.ts';
import { chooseTitle } from '../../../src/pipeline/title.ts';

const line = (str: string, size: number): Run => ({
  str,
  dir: 'ltr',
  transform: [size, 0, 0, size, 50, 700],
  width: 100,
  height: size,
  hasEOL: true,
});

const page = [
  line('Lindenhof', 9),
  line('Minutes of the', 18),
  line('General Meeting', 18),
  line('text '.repeat(40), 10),
];

describe('the title', () => {
  test('is that of the metadata', () => {
    expect(chooseTitle('Annual Report 2025', page)).toBe('Annual Report 2025');
  });

  test('of the metadata loses the name of the program', () => {
    expect(chooseTitle('Microsoft Word - Annual Report', page)).toBe('Annual Report');
  });

  test.each(['untitled', 'Document1', 'report_v3_final.docx', 'scan0001', 'manual.dvi', null])(
    'is the largest line where the metadata say %s',
    (title) => {
      expect(chooseTitle(title, page)).toBe('Minutes of the General Meeting');
    },
  );

  test('is none where all lines are alike', () => {
    expect(chooseTitle(null, [line('one line', 10), line('and another', 10)])).toBeNull();
  });

  test('is none on a page without text', () => {
    expect(chooseTitle(null, [])).toBeNull();
  });
});
