// What goes with an answer as files: the whole text and the fields, under the upload's own name.
import { expect, test } from 'vitest';
import { fieldsFile, textFile } from '../../../src/pipeline/files.ts';

const reading = {
  kind: 'pdf',
  pageCount: 1,
  title: 'Minutes',
  author: null,
  language: null,
  ocrConfidence: null,
} as const;
const pages = [{ page: 1, text: 'First page.', source: 'text' as const }];

test('the whole text is Markdown with its title and pages', () => {
  expect(textFile({ fileName: 'minutes.pdf', pages, reading })).toEqual({
    part: 'text',
    name: 'minutes.md',
    mime: 'text/markdown; charset=utf-8',
    text: '# Minutes\n\n## Page 1\n\nFirst page.\n',
  });
});

test.each([
  ['minutes.pdf', 'minutes.md'],
  ['MINUTES.PDF', 'MINUTES.md'],
  ['IMG_2034.jpeg', 'IMG_2034.md'],
  ['minutes', 'minutes.md'],
  ['a.pdf.zip', 'a.pdf.zip.md'],
])('the text of %s is called %s', (fileName, name) => {
  expect(textFile({ fileName, pages, reading })).toMatchObject({ name });
});

test('the fields are JSON for programs', () => {
  const fields = { profile: 'receipt', values: { total: 6.4 }, unverified: ['/total'], by: 'model' as const };
  const file = fieldsFile('till.png', fields);
  expect(file).toMatchObject({ part: 'fields', name: 'till.json', mime: 'application/json' });
  expect(JSON.parse(file.text)).toMatchObject({ profile: 'receipt', unverified: ['/total'] });
});
