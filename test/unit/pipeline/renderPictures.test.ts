// What members read of pictures: what it is, who read it, its fields, and several in one message.
import { describe, expect, test } from 'vitest';
import { MAX_EVENT_BYTES } from '../../../config/limits.ts';
import type { Answer } from '../../../src/domain/answer.ts';
import { editOf } from '../../../src/pipeline/content.ts';
import { renderAnswer, renderAnswers } from '../../../src/pipeline/render.ts';

const aPicture = (changes: Partial<Answer> = {}): Answer => ({
  fileName: 'till.jpg',
  reading: { kind: 'image', pageCount: 1, title: null, author: null, language: 'en', ocrConfidence: 91.4 },
  pagesRead: 1,
  hasText: true,
  pictureKind: null,
  pages: [],
  summary: { text: 'TOTAL EUR 7.60', keyPoints: [], by: { kind: 'extract' } },
  notes: [],
  fields: null,
  attachment: 'none',
  ...changes,
});
const fields: Answer['fields'] = {
  profile: 'receipt',
  values: { total: 7.6 },
  unverified: [],
  by: 'rules',
  rows: [{ label: 'Total <b>', value: '7.60', verified: true }],
};

describe('a picture', () => {
  test('is shown with the text on it and how sure the recognition is', () => {
    expect(renderAnswer(aPicture()).body).toBe(
      'till.jpg — Picture, English\n\nTOTAL EUR 7.60\n\nRead by text recognition (confidence 91 %).',
    );
  });

  test('that was hard to recognise says so', () => {
    const reading = { ...aPicture().reading, ocrConfidence: 60 };
    expect(renderAnswer(aPicture({ reading })).body).toContain(
      'Read by text recognition (confidence 60 %): much of it may be wrong, check it.',
    );
  });

  test('that a model saw names the model, and where to check', () => {
    const summary: Answer['summary'] = { text: 'A receipt.', keyPoints: [], by: { kind: 'model', name: 'eyes' } };
    expect(renderAnswer(aPicture({ summary })).body).toContain('Summary by eyes; check what matters in the picture.');
  });

  test('of something that is known by its words is called so', () => {
    expect(renderAnswer(aPicture({ pictureKind: 'receipt' })).body).toContain('Picture of a receipt, English');
  });

  test('with pages says how many', () => {
    const reading = { ...aPicture().reading, pageCount: 3 };
    expect(renderAnswer(aPicture({ reading, pagesRead: 3 })).body).toContain('Picture, 3 pages, English');
  });

  test('shows its fields as a table, in which nothing is markup, and says that no model found them', () => {
    const { body, html } = renderAnswer(aPicture({ fields }));
    expect(body).toContain('Total <b>: 7.60');
    expect(html).toContain('<table>');
    expect(html).not.toContain('<b>');
    expect(body).toContain('Fields found by the rules of the profile, without a model; check them.');
  });
});

describe('several pictures', () => {
  test('are parts of one message, each under its name', () => {
    const { body } = renderAnswers([aPicture(), aPicture({ fileName: 'menu.jpg' })]);
    expect(body).toMatch(/^till\.jpg — [\s\S]+\n\nmenu\.jpg — /);
  });

  test('fit into one event, edited or not, however much stands on them', () => {
    const summary: Answer['summary'] = { text: 'ü'.repeat(9_000), keyPoints: [], by: { kind: 'extract' } };
    const rows = Array.from({ length: 40 }, (_, index) => ({
      label: `Line ${index}`,
      value: 'Ä'.repeat(200),
      verified: false,
    }));
    const many = fields && { ...fields, rows };
    const rendered = renderAnswers(Array.from({ length: 10 }, () => aPicture({ summary, fields: many })));
    expect(Buffer.byteLength(JSON.stringify(editOf(rendered, '$status')))).toBeLessThan(MAX_EVENT_BYTES + 1_000);
    expect(rendered.body.match(/till\.jpg — /g)).toHaveLength(10);
  });
});
