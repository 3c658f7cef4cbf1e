// What is read from PDFs that nobody here wrote: the corpus beside the checkout, skipped where it is not.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createReadingRig, type ReadingRig, textOf } from '../fixtures/readingRig.ts';

const CORPUS = join(import.meta.dirname, '../../../shared/corpus/pdf');
const isMissing = !existsSync(CORPUS);
if (isMissing) process.stderr.write(`skipped: no corpus of PDFs at ${CORPUS}\n`);

let rig: ReadingRig;

beforeAll(() => {
  rig = createReadingRig();
});

afterAll(() => rig.close());

const readFile = (name: string) => rig.readPath(join(CORPUS, name));

describe.skipIf(isMissing)('the text of', () => {
  test.each<[what: string, file: string, words: string[]]>([
    [
      'an essay with ligatures that have no names',
      'issue918.pdf',
      ['Ideology as ritual', 'the signifier from the ordinary signified', 'will not suffice'],
    ],
    ['a standard', 'bug1019475_1.pdf', ['This Ecma Standard defines the Source map format']],
    ['a Japanese article', 'issue16538.pdf', ['リスク中立確率', 'ブラウン運動']],
    ['Japanese without its font, Shift-JIS', 'noembed-sjis.pdf', ['あいうえお']],
    ['Japanese without its font, EUC', 'noembed-eucjp.pdf', ['あいうえお']],
    ['vertical Japanese', 'vertical.pdf', ['あいうえお', '日本語']],
    ['Chinese contents', 'XiaoBiaoSong.pdf', ['关于红军作战的原则', '对国防问题的意见']],
    ['Arabic, in reading order and in plain letters', 'ArabicCIDTrueType.pdf', ['انواع الخطوط العربية']],
    ['rotated pages', 'rotation.pdf', ['This is my first page with normal layout.', 'landscape']],
    [
      'a German application form',
      'bug1669099.pdf',
      ['Antrag auf Mitgliedschaft', 'Normale Hackerspace Mitgliedschaft für 42€ pro Monat'],
    ],
    ['a French tax form', '160F-2019.pdf', ["Certificat de salaire, de retenue d'impôt", 'cotisations sociales']],
    ['chosen options of a form', 'annotation-choice-widget.pdf', ['Combo box Dolor', 'Ipsum, Amet, Consectetur, Elit']],
    [
      'a comment that stands on no text',
      'annotation-text-without-popup.pdf',
      ['Text content without Popup annotation'],
    ],
    ['a file with a broken table', 'helloworld-bad.pdf', ['Hello, world!']],
    ['a broken scan with its own text', 'scan-bad.pdf', ['pdf.js']],
    ['labels of a figure, one by one', 'knockout_groups_test.pdf', ['Knockout and Isolation']],
    ['a slide', 'openoffice.pdf', ['A Company Profile']],
    ['an accented letter', 'glyph_accent.pdf', ['accent ã']],
  ])('%s', async (_what, file, words) => {
    const text = textOf(await readFile(file)).replaceAll(/\s+/g, ' ');
    for (const expected of words) expect(text).toContain(expected);
  });

  test('two columns runs down the first and then down the second', async () => {
    const reading = await readFile('tracemonkey.pdf');
    const text = (reading.pages[0]?.text ?? '').replaceAll(/\s+/g, ' ');
    const places = [
      'Dynamic languages such as JavaScript are more difficult',
      '1. Introduction',
      'Permission to make digital',
      'Compilers for statically typed languages rely',
    ];
    const found = places.map((words) => text.indexOf(words));
    expect(found).not.toContain(-1);
    expect(found[0]).toBeLessThan(found[1] ?? 0);
    expect(found[1]).toBeLessThan(found[3] ?? 0);
    expect(reading.title).toBe('Trace-based Just-in-Time Type Specialization for Dynamic Languages');
  });

  test('a paper of 23 pages, with its title from the metadata', async () => {
    const reading = await readFile('TAMReview.pdf');
    expect(reading.title).toBe(
      'Overview of the Technology Acceptance Model: Origins, Developments and Future Directions',
    );
    expect([reading.pageCount, reading.pages.length, reading.language]).toEqual([23, 23, 'en']);
    expect(reading.extract.summary[0]?.text).toMatch(/^User acceptance of technology has been an important field/);
  });
});

describe.skipIf(isMissing)('a file', () => {
  test.each(['issue15893_reduced.pdf', 'bug1782186.pdf', 'pr6531_1.pdf', 'pr6531_2.pdf'])(
    '%s needs a password',
    async (file) => {
      await expect(readFile(file)).rejects.toMatchObject({ code: 'password_needed' });
    },
  );

  test('without anything on its page is blank', async () => {
    expect((await readFile('empty.pdf')).pages).toEqual([{ page: 1, text: '', source: 'blank' }]);
  });

  test('with a picture and no text is told apart from a blank one', async () => {
    const { pages, notes } = await readFile('xobject-image.pdf');
    expect(pages).toEqual([{ page: 1, text: '', source: 'text' }]);
    expect(notes).toEqual([{ kind: 'pages_without_text', pages: [1] }]);
  });

  test.each([
    ['helloworld-bad.pdf', true],
    ['scan-bad.pdf', true],
    ['tracemonkey.pdf', false],
    ['empty.pdf', false],
  ])('%s is called damaged: %s', async (file, isDamaged) => {
    const { notes } = await readFile(file);
    expect(notes.some((note) => note.kind === 'damaged')).toBe(isDamaged);
  });
});
