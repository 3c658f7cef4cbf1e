// Owns the tests of reading JSON as models write it.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readJson } from '../../../src/pipeline/partialJson.ts';

const ANSWER = {
  description: 'An invoice.',
  fields: { total: 119.5, lines: [{ name: 'Chair "A", oak' }] },
  transcription: 'a\nb',
};

describe('readJson', () => {
  it.each([
    ['alone', JSON.stringify(ANSWER)],
    ['in several lines', JSON.stringify(ANSWER, null, 2)],
    ['in a code fence', `\`\`\`json\n${JSON.stringify(ANSWER)}\n\`\`\``],
    ['among words', `Here it is: ${JSON.stringify(ANSWER)} I hope that helps :}`],
    ['with line breaks inside strings', JSON.stringify(ANSWER).replace('\\n', '\n')],
  ])('reads an object %s', (_how, text) => {
    expect(readJson(text)).toEqual({ value: ANSWER, isCut: false });
  });

  it('keeps the beginning of a string that is cut off', () => {
    const text = JSON.stringify(ANSWER);
    expect(readJson(text.slice(0, text.indexOf('a\\nb') + 3))).toEqual({
      value: { ...ANSWER, transcription: 'a\n' },
      isCut: true,
    });
    expect(readJson(text.slice(0, text.indexOf('a\\nb') + 2))).toEqual({
      value: { ...ANSWER, transcription: 'a' },
      isCut: true,
    });
  });

  it('drops a list, a number or an object that is cut off', () => {
    expect(readJson('{"description":"x","fields":{"total":11')).toEqual({ value: { description: 'x' }, isCut: true });
    expect(readJson('{"description":"x","total":11')).toEqual({ value: { description: 'x' }, isCut: true });
    expect(readJson('{"description":"x","transcr')).toEqual({ value: { description: 'x' }, isCut: true });
  });

  it.each(['', 'a cat', '{', '{"description', '{"a":[1,2', '[1]'])('finds no object in %j', (text) => {
    expect(readJson(text)).toBeNull();
  });

  it('gives of any beginning only what stands in the whole', () => {
    const members = fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.array(fc.string())));
    fc.assert(
      fc.property(members, fc.nat(), (whole, at) => {
        const text = JSON.stringify(whole);
        const read = readJson(text.slice(0, at % (text.length + 1)));
        if (read === null) return;
        const expected = JSON.parse(text);
        for (const [name, value] of Object.entries(read.value as object)) {
          const full = expected[name];
          if (typeof value === 'string')
            expect(full.startsWith(value.toWellFormed().replace(/\ufffd$/, ''))).toBe(true);
          else expect(value).toEqual(full);
        }
      }),
    );
  });

  it('reads a megabyte of quotes and braces in no time', () => {
    for (const text of ['{"', '{"a":"\\', '{"a":{', '{",']) readJson(text.repeat(250_000));
  });
});
