// What members read: every answer fits into an event, every failure has a sentence, every gap is named, nothing is markup.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Answer } from '../../../src/domain/answer.ts';
import { ERRORS, type ErrorCode } from '../../../src/domain/errors.ts';
import type { Note } from '../../../src/domain/reading.ts';
import { editOf, threadMention } from '../../../src/pipeline/content.ts';
import { noteText } from '../../../src/pipeline/notes.ts';
import { renderAnswer } from '../../../src/pipeline/render.ts';
import { failureText, renderFailure } from '../../../src/pipeline/renderFailure.ts';
import { renderStatus, type Stage } from '../../../src/pipeline/stage.ts';
import { anyCharacters } from '../../fixtures/anyCharacters.ts';

type Changes = Partial<Omit<Answer, 'summary' | 'reading'>> & {
  reading?: Partial<Answer['reading']>;
  summary?: Partial<Answer['summary']>;
};
function anAnswer({ reading, summary, ...more }: Changes = {}): Answer {
  return {
    fileName: 'minutes.pdf',
    reading: { kind: 'pdf', pageCount: 2, title: null, author: null, language: 'en', ocrConfidence: null, ...reading },
    pagesRead: 2,
    hasText: true,
    pictureKind: null,
    pages: [],
    summary: { text: 'The board met. (p. 1)', keyPoints: [], by: { kind: 'extract' }, ...summary },
    notes: [],
    fields: null,
    attachment: 'none',
    ...more,
  };
}
const bytes = (content: object) => Buffer.byteLength(JSON.stringify(content));

describe('an answer', () => {
  test('names the file, what it is, its summary and who made that', () => {
    expect(renderAnswer(anAnswer())).toEqual({
      body: 'minutes.pdf — PDF, 2 pages, English\n\nThe board met. (p. 1)\n\nAll 2 pages were read.\nSummary made of sentences of the document.',
      html:
        '<p><strong>minutes.pdf</strong> — PDF, 2 pages, English</p><p>The board met. (p. 1)</p>' +
        '<p><em>All 2 pages were read.<br>Summary made of sentences of the document.</em></p>',
    });
  });

  test('tells title and author where the document has them', () => {
    const { body } = renderAnswer(
      anAnswer({ reading: { title: 'Minutes\nof May', author: 'A. Nna', language: 'de' } }),
    );
    expect(body.split('\n')[0]).toBe('minutes.pdf — PDF, 2 pages, German: “Minutes of May” by A. Nna');
  });

  test('of one page says so', () => {
    const { body } = renderAnswer(anAnswer({ reading: { pageCount: 1, language: null }, pagesRead: 1 }));
    expect(body).toContain('minutes.pdf — PDF, 1 page\n');
    expect(body).toContain('The page was read.');
  });

  test('does not claim that all pages were read when some were not', () => {
    const notes: Note[] = [{ kind: 'page_limit', read: 500, of: 900 }];
    const { body } = renderAnswer(anAnswer({ reading: { pageCount: 900 }, pagesRead: 500, notes }));
    expect(body).toContain('Read 500 of 900 pages: page limit.');
    expect(body).not.toContain('pages were read.');
  });

  test('names the model that made the summary', () => {
    const by = { kind: 'model' as const, name: 'qwen3 <gpu>' };
    const { body, html } = renderAnswer(anAnswer({ summary: { by } }));
    expect(body).toContain('Summary by qwen3 <gpu>; check what matters on the page named.');
    expect(html).toContain('qwen3 &#60;gpu&#62;');
  });

  test('lists its key points, each on one line', () => {
    const { body, html } = renderAnswer(anAnswer({ summary: { keyPoints: ['rent\nrises (p. 1)', 'b'] } }));
    expect(body).toContain('Key points:\n• rent rises (p. 1)\n• b');
    expect(html).toContain('<p>Key points:</p><ul><li>rent rises (p. 1)</li><li>b</li></ul>');
  });

  test('to a document without text says that there is none, and not who summed it up', () => {
    const { body } = renderAnswer(anAnswer({ hasText: false, summary: { text: '' } }));
    expect(body).toBe(
      'minutes.pdf — PDF, 2 pages, English\n\nAll 2 pages were read.\nThere is no text in it to summarise.',
    );
  });

  test('says that the whole text is attached', () => {
    expect(renderAnswer(anAnswer({ attachment: 'attached' })).body).toContain('The whole text is attached.');
  });

  test('that is long shows its beginning, cut after a sentence, and folds the rest', () => {
    const text = 'One more sentence. '.repeat(100).trim();
    const { body, html } = renderAnswer(anAnswer({ summary: { text, keyPoints: ['a point'] } }));
    const [, lead, rest] = /<p>(One.*?)<\/p><details><summary>More<\/summary>(.*)<\/details>/.exec(html) ?? [];
    expect(lead).toMatch(/sentence\.$/);
    expect(lead?.length).toBeLessThanOrEqual(600);
    expect(rest).toContain('<p>Key points:</p><ul><li>a point</li></ul>');
    expect(body).toContain(text);
  });

  test('that is short folds nothing', () => {
    expect(renderAnswer(anAnswer({ summary: { text: 'x. '.repeat(400) } })).html).not.toContain('<details>');
  });
});

describe('text of strangers', () => {
  const evil = '<img src=x onerror=alert(1)> & "quoted" \'single\' @room <b>';

  test('is never markup, wherever it stands', () => {
    const { html } = renderAnswer(
      anAnswer({
        fileName: `${evil}.pdf`,
        reading: { title: evil, author: evil },
        summary: { text: evil, keyPoints: [evil], by: { kind: 'model', name: evil } },
      }),
    );
    const tags = new Set(html.match(/<[^>]*>/g));
    expect([...tags].sort()).toEqual(
      ['<p>', '</p>', '<strong>', '</strong>', '<ul>', '</ul>', '<li>', '</li>', '<em>', '</em>', '<br>'].sort(),
    );
    expect(renderFailure('unreadable', { fileName: evil, maxFileBytes: 1 }).html).not.toContain('<img');
    expect(renderStatus(evil, { kind: 'reading', page: 1, of: 2 }).html).not.toContain('<img');
  });

  test('holds no line or direction character in a name or title', () => {
    const tricky = 'a\u202Egpj\u2028b\u0000\n.pdf';
    const { body } = renderAnswer(anAnswer({ fileName: tricky, reading: { title: tricky } }));
    expect(body.split('\n')[0]).toBe('a gpj b .pdf — PDF, 2 pages, English: “a gpj b .pdf”');
  });
});

describe('the size of an answer', () => {
  const summaries = fc.oneof(
    fc
      .constantFrom('<', '&', '"', '漢', '🎉', '\n', '\n\n', 'é', '\u0001', 'a ', '👩‍👩‍👧‍👦')
      .chain((unit) =>
        fc.integer({ min: 0, max: 60_000 }).map((length) => unit.repeat(Math.ceil(length / unit.length))),
      ),
    anyCharacters(20_000),
  );
  const points = fc.array(
    fc.constantFrom('<', '漢', '🎉', 'a').map((unit) => unit.repeat(1_000)),
    { maxLength: 60 },
  );

  test('always fits into one event, as an edit and as a message, and holds whole characters', () => {
    fc.assert(
      fc.property(summaries, points, anyCharacters(300), (text, keyPoints, name) => {
        const rendered = renderAnswer(
          anAnswer({ fileName: name, reading: { title: name, author: name }, summary: { text, keyPoints } }),
        );
        const edit = editOf(rendered, `$${'x'.repeat(43)}`);
        const place = { rootId: `$${'x'.repeat(43)}`, replyToId: `$${'y'.repeat(43)}` };
        const message = threadMention(rendered, place, `@${'u'.repeat(254)}`);
        expect(bytes(edit)).toBeLessThanOrEqual(62_000);
        expect(bytes(message)).toBeLessThanOrEqual(62_000);
        expect(JSON.stringify(edit)).not.toMatch(/\\ud[89a-f]/);
      }),
      { numRuns: 60 },
    );
  });

  test('is no reason to cut what fits', () => {
    const text = '漢'.repeat(4_000);
    expect(renderAnswer(anAnswer({ summary: { text } })).body).toContain(text);
  });

  test('never cuts a character in two', () => {
    const { html, body } = renderAnswer(anAnswer({ summary: { text: `a${'🎉'.repeat(20_000)}` } }));
    expect(html.isWellFormed()).toBe(true);
    expect(body.isWellFormed()).toBe(true);
  });
});

describe('a failure', () => {
  const codes = Object.keys(ERRORS) as ErrorCode[];

  test.each(codes)('%s has a sentence that says what happened and what to do', (code) => {
    const text = failureText(code, { maxFileBytes: 50 * 1024 * 1024 });
    expect(text).toMatch(/^[a-z].*\. ?.*[Pp]lease .*\.$/);
    expect(text).not.toMatch(/[/\\]|Error|undefined|NaN| at /);
  });

  test('names the file, in one line', () => {
    expect(renderFailure('empty_file', { fileName: 'a\nb.pdf', maxFileBytes: 1 })).toEqual({
      body: 'a b.pdf: the file is empty. Please send it again.',
      html: '<p><strong>a b.pdf</strong>: the file is empty. Please send it again.</p>',
    });
  });

  test('of size names the limit', () => {
    expect(failureText('too_large', { maxFileBytes: 50 * 1024 * 1024 })).toContain('larger than 50 MB');
  });
});

describe('a note', () => {
  test.each<[Note, string]>([
    [{ kind: 'page_limit', read: 500, of: 612 }, 'Read 500 of 612 pages: page limit.'],
    [{ kind: 'time_limit', read: 3, of: 9 }, 'Read 3 of 9 pages: time limit.'],
    [{ kind: 'size_limit', read: 3, of: 9 }, 'Read 3 of 9 pages: the others hold more data than is safe to unpack.'],
    [{ kind: 'pages_failed', pages: [4] }, 'Page 4 could not be read.'],
    [{ kind: 'pages_failed', pages: [4, 7] }, 'Pages 4, 7 could not be read.'],
    [
      { kind: 'ocr_language', language: 'de' },
      'It seems to be German, which text recognition is not set up for here: expect wrong letters.',
    ],
    [{ kind: 'pages_without_text', pages: [2] }, 'Page 2 holds a picture and no text that I could read.'],
    [{ kind: 'pages_without_text', pages: [2, 3] }, 'Pages 2, 3 hold pictures and no text that I could read.'],
    [
      { kind: 'summary_limit', characters: 200_000, lastPage: 80 },
      'The summary covers the first 200,000 characters (to page 80).',
    ],
    [{ kind: 'damaged' }, 'The file is damaged; what could be repaired was read.'],
    [{ kind: 'model_fallback', reason: 'it failed' }, 'The language model gave no usable answer (it failed).'],
    [{ kind: 'summary_cut' }, 'The model was cut off at its length limit.'],
    [{ kind: 'text_not_attached' }, 'The whole text could not be attached: the homeserver did not take the file.'],
  ])('%o is told as “%s”', (note, text) => {
    expect(noteText(note)).toBe(text);
  });

  test('of many pages names twelve and counts the rest', () => {
    const pages = Array.from({ length: 300 }, (_, index) => index + 1);
    expect(noteText({ kind: 'pages_failed', pages })).toBe(
      'Pages 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 and 288 more could not be read.',
    );
  });
});

describe('a status notice', () => {
  test.each<[Stage, string]>([
    [{ kind: 'in_line', ahead: 0 }, 'next in line'],
    [{ kind: 'in_line', ahead: 1 }, '1 document before it in line'],
    [{ kind: 'in_line', ahead: 7 }, '7 documents before it in line'],
    [{ kind: 'reading', page: 0, of: 0 }, 'reading'],
    [{ kind: 'reading', page: 3, of: 80 }, 'reading page 3 of 80'],
    [{ kind: 'summarising', part: 1, of: 1 }, 'summarising'],
    [{ kind: 'summarising', part: 2, of: 5 }, 'summarising part 2 of 5'],
  ])('begins with ⏳ and tells %o', (stage, text) => {
    expect(renderStatus('minutes.pdf', stage).body).toBe(`⏳ minutes.pdf: ${text}`);
  });

  test('says that the model is away', () => {
    expect(renderStatus('a.pdf', { kind: 'model_away' }).body).toMatch(/^⏳ a\.pdf: .*language model is away/);
  });
});
