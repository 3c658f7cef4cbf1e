// Owns the tests of reading what models answer about pictures.
import { describe, expect, it } from 'vitest';
import { parseSeen, toTranscription } from '../../../src/pipeline/seenAnswer.ts';

const json = (value: object) => parseSeen(JSON.stringify(value));

describe('parseSeen', () => {
  it('gives the three parts', () => {
    const answer = {
      description: 'An invoice of Chairs & Co.',
      fields: { total: 1.5 },
      transcription: 'Invoice\nTotal 1.50',
    };
    expect(json(answer)).toEqual({ kind: 'json', seen: { ...answer, isCut: false } });
  });

  it('makes plain words of the description, and keeps the lines and stars of the text', () => {
    expect(
      json({ description: '**A menu**\nwith `prices`.', transcription: '* Soup  \n\n\n\n\u001b[31m* Fish\u202e' }),
    ).toMatchObject({
      seen: { description: 'A menu with prices.', transcription: '* Soup\n\n* Fish' },
    });
  });

  it('takes thoughts, lists of lines and members that are not there', () => {
    const answer = `<think>{"description":"no"}</think>{"transcription":["Total","1.50"]}`;
    expect(parseSeen(answer)).toEqual({
      kind: 'json',
      seen: { description: '', transcription: 'Total\n1.50', fields: null, isCut: false },
    });
  });

  it('keeps what an answer at its limit has said, without half-read fields', () => {
    expect(parseSeen('{"description":"An invoice.","fields":{"total":11')).toMatchObject({
      seen: { description: 'An invoice.', fields: null, isCut: true },
    });
    expect(parseSeen('{"description":"An invoice.","fields":{"total":119},"transcription":"Invo')).toMatchObject({
      seen: { fields: { total: 119 }, transcription: 'Invo', isCut: true },
    });
  });

  it.each(['NO TEXT', 'No visible text.', 'none', 'N/A'])('takes %j for no text', (transcription) => {
    expect(json({ description: 'A cat.', transcription })).toMatchObject({ seen: { transcription: '' } });
  });

  it('takes words for a description', () => {
    expect(parseSeen('The picture shows a **cat**.\nIt sleeps.')).toEqual({
      kind: 'words',
      description: 'The picture shows a cat. It sleeps.',
    });
  });

  it.each([
    '',
    '...',
    '{"description":',
    '```json\n{"descr',
    '[1, 2]',
    '{"description":"","transcription":"","fields":{}}',
    '{"kind":"x"}',
  ])('has no use for %j', (answer) => {
    expect(parseSeen(answer)).toEqual({ kind: 'useless' });
  });
});

describe('toTranscription', () => {
  it('gives the lines of a page without fences that the model put round them', () => {
    expect(toTranscription('```\nInvoice 7\nTotal | 1.50\n```')).toBe('Invoice 7\nTotal | 1.50');
    expect(toTranscription('<<<0123456789abcdef\nInvoice 7\n0123456789abcdef>>>')).toBe('Invoice 7');
  });

  it('is empty for a page without text', () => {
    expect(toTranscription('NO TEXT')).toBe('');
    expect(toTranscription('NO TEXT may leave this room')).toBe('NO TEXT may leave this room');
  });
});
