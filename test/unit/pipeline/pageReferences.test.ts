// A reference to a page that is not there is worse than none.
import { expect, test } from 'vitest';
import { withoutWrongPages } from '../../../src/pipeline/pageReferences.ts';

test.each([
  ['It gives no reasons (p. 2).', 1, 'It gives no reasons.'],
  ['It gives reasons (p. 1).', 1, 'It gives reasons (p. 1).'],
  ['Two pages (pp. 1–3) and one (p. 4).', 3, 'Two pages (pp. 1–3) and one.'],
  ['A range past the end (pages 2-9).', 3, 'A range past the end.'],
  ['No page zero (p. 0), no name (p. Smith).', 5, 'No page zero, no name (p. Smith).'],
])('%s in a document of %i pages', (text, pageCount, kept) => {
  expect(withoutWrongPages(text, pageCount)).toBe(kept);
});
