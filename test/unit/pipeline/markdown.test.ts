// What the attached text promises: everything that stands on the pages, page by page.
import { expect, test } from 'vitest';
import { wholeText } from '../../../src/pipeline/markdown.ts';

const pages = [
  { page: 1, text: '  First page.\n', source: 'text' as const },
  { page: 3, text: '# not a heading', source: 'text' as const },
];

test('the whole text has a heading a page, and the text as it is', () => {
  expect(wholeText('minutes.pdf', { title: 'Minutes', pages })).toBe(
    '# Minutes\n\n## Page 1\n\nFirst page.\n\n## Page 3\n\n# not a heading\n',
  );
});

test('a document without a title goes by its file name', () => {
  expect(wholeText('minutes.pdf', { title: null, pages: [] })).toBe('# minutes.pdf\n');
});
