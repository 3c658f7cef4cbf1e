// How the text layer of a page and what was recognised become one text.
import { describe, expect, test } from 'vitest';
import type { PageScan } from '../../../src/domain/reading.ts';
import { mergePage } from '../../../src/pipeline/mergePage.ts';

const scan: PageScan = { page: 3, text: 'Dear Ms Brown\nPlease sign.', source: 'ocr', confidence: 90 };
const nothing: PageScan = { page: 3, text: '', source: 'blank', confidence: null };
const page = (text: string) => ({ page: 3, text, source: 'text' as const });

describe('a page that was scanned', () => {
  test('has the text that was recognised', () => {
    expect(mergePage(page(''), scan)).toEqual({ page: 3, text: scan.text, source: 'ocr' });
  });

  test('keeps the stamp of its text layer, but not twice', () => {
    expect(mergePage(page('QuickScan 4711'), scan).text).toBe(`${scan.text}\nQuickScan 4711`);
    expect(mergePage(page('please  sign'), scan).text).toBe(scan.text);
  });

  test('loses a text layer of damaged characters', () => {
    expect(mergePage(page('\ufffd\ufffd\ufffd'), scan).text).toBe(scan.text);
  });

  test('says when a model has read it', () => {
    expect(mergePage(page(''), { ...scan, source: 'vision', confidence: null }).source).toBe('vision');
  });
});

describe('a page that nothing was recognised on', () => {
  test('is blank', () => {
    expect(mergePage(page(''), nothing)).toEqual({ page: 3, text: '', source: 'blank' });
  });

  test('has its stamp', () => {
    expect(mergePage(page('Page 3'), nothing)).toEqual({ page: 3, text: 'Page 3', source: 'text' });
  });
});

test('a page without a scan stays as it is', () => {
  expect(mergePage(page('typed'), undefined)).toEqual(page('typed'));
});
