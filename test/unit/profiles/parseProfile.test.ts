// Owns the tests of reading one profile file and of checking fields by it.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Profile } from '../../../src/domain/profile.ts';
import { createProfiles } from '../../../src/profiles/createProfiles.ts';
import { parseProfile } from '../../../src/profiles/parseProfile.ts';
import { profileFile } from '../../fixtures/profileFolder.ts';
import { createRecordingLog } from '../../fixtures/recordingLog.ts';

function parsed(content: string): Profile {
  const result = parseProfile('name', content);
  if (!result.ok) throw new Error(result.reason);
  return result.profile;
}

function reason(content: string, name = 'name'): string {
  const result = parseProfile(name, content);
  return result.ok ? 'none' : result.reason;
}

const object = (properties: object, rest: object = {}) => ({ type: 'object', properties, ...rest });

describe('a profile that is none', () => {
  it.each([
    [
      'no front matter',
      'Just a prompt',
      'it does not begin with a front matter: a line of ---, its YAML, a line of ---',
    ],
    ['an empty title', '---\ntitle: "  "\n---\n', 'title must not be empty'],
    ['a slip of the pen', '---\ntitle: A\nschemas: {}\n---\n', 'unknown: schemas'],
    ['an unknown picture', '---\ntitle: A\npicture: blue\n---\n', 'picture must be plain or enhanced'],
    ['no kind', '---\ntitle: A\nkinds: []\n---\n', 'kinds must name pdf, image or both'],
    ['a list', '---\n- a\n---\n', 'the front matter must be a list of names and values'],
    [
      'a schema of a list',
      profileFile('A', { type: 'array' }),
      'schema must be of one object: type object, with properties',
    ],
    ['no properties', profileFile('A', object({})), 'schema must be of one object: type object, with properties'],
    [
      'a rule that is not there',
      profileFile('A', object({ a: { type: 'string', 'x-rule': 'magic' } })),
      /x-rule.*one of/,
    ],
    [
      'an unknown keyword',
      profileFile('A', object({ a: { type: 'string', patern: 'x' } })),
      /unknown keyword: "patern"/,
    ],
    ['a type that is none', profileFile('A', object({ a: { type: 'money' } })), /schema does not compile/],
    [
      'a pattern that is none',
      profileFile('A', object({ a: { type: 'string', pattern: '(' } })),
      /schema does not compile/,
    ],
    [
      'a schema elsewhere',
      profileFile('A', object({ a: { $ref: 'https://example.org/a' } })),
      /can't resolve reference/,
    ],
  ])('is told with its reason: %s', (_, content, expected) => {
    expect(reason(content)).toMatch(expected);
  });

  it('is one with odd letters in its name', () => {
    expect(reason(profileFile('A'), 'My Profile')).toContain('a–z, 0–9');
  });
});

describe('fields', () => {
  const schema = object(
    {
      total: { type: ['number', 'null'] },
      day: { type: 'string', format: 'date' },
      mood: { type: 'string', enum: ['good', 'bad'], 'x-derived': true },
      lines: { type: 'array', items: object({ price: { type: 'number' } }, { required: ['price'] }) },
    },
    { additionalProperties: false },
  );
  const profile = parsed(profileFile('A', schema));

  it('that keep the schema have no problems', () => {
    expect(profile.check({ total: null, day: '2025-03-12', mood: 'good', lines: [{ price: 1 }] })).toEqual([]);
  });

  it('that do not are told in sentences, each with the place', () => {
    const wrong = { total: 'ten', day: '12.3.', mood: 'fair', lines: [{}], extra: 1 };
    expect(profile.check(wrong).sort()).toEqual([
      '/ must not have "extra"',
      '/day must match format "date"',
      "/lines/0 must have required property 'price'",
      '/mood must be one of ["good","bad"]',
      '/total must be number,null',
    ]);
    expect(profile.check('text')).toEqual(['/ must be object']);
  });

  it('that are wrong in hundreds of places are told in ten short lines', () => {
    const problems = profile.check(
      Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`${i}${'x'.repeat(500)}`, 1])),
    );
    expect(problems).toHaveLength(10);
    expect(Math.max(...problems.map((line) => line.length))).toBeLessThan(100);
  });

  it('are never wrong where none are asked for', () => {
    expect(parsed(profileFile('A')).check({ anything: 1 })).toEqual([]);
  });

  it('cannot have their schema changed by anybody', () => {
    expect(() => Object.assign(profile.schema?.properties as object, { total: {} })).toThrow(TypeError);
  });
});

describe('profiles beside each other', () => {
  const $id = 'https://example.org/fields';
  const amount = (type: string) => profileFile('A', object({ amount: { $id: `${$id}/amount`, type } }, { $id }));

  it('may name their schemas alike, and each is checked by its own', () => {
    const [inNumbers, inWords] = [parsed(amount('number')), parsed(amount('string'))];
    expect(inNumbers.check({ amount: 'ten' })).toEqual(['/amount must be number']);
    expect(inWords.check({ amount: 'ten' })).toEqual([]);
  });

  it('cannot lean on each other’s schemas', () => {
    parsed(amount('number'));
    expect(reason(profileFile('B', object({ amount: { $ref: `${$id}/amount` } })))).toMatch(/can't resolve reference/);
  });

  it('are none the worse for a broken one', () => {
    expect(reason(amount('money'))).toMatch(
      /schema does not compile: schema is invalid: data\/properties\/amount\/type/,
    );
    expect(parsed(amount('number')).check({ amount: 1 })).toEqual([]);
  });
});

describe('the profiles that come with Lector', () => {
  const folder = join(import.meta.dirname, '../../../config/profiles');
  const profiles = createProfiles({ folder, log: createRecordingLog().log, watch: false });
  const withFields = profiles.all().filter((profile) => profile.schema !== null);

  it('all work', () => {
    expect(profiles.problems()).toEqual([]);
    expect(profiles.all().map(({ name }) => name)).toEqual([
      'default',
      'event',
      'invoice',
      'minutes',
      'receipt',
      'trading',
    ]);
    expect(profiles.get('default')?.schema).toBeNull();
  });

  it.each(withFields.map((profile) => [profile.name, profile] as const))(
    '%s asks for nothing that a picture may lack',
    (_, profile) => {
      expect(profile.check({})).toEqual([]);
    },
  );

  it.each(withFields.map((profile) => [profile.name, profile] as const))(
    '%s has a label for every field',
    (_, profile) => {
      const unnamed = propertiesIn(profile.schema ?? {}).filter(([, schema]) => typeof schema.title !== 'string');
      expect(unnamed.map(([name]) => name)).toEqual([]);
    },
  );

  it.each(withFields.map((profile) => [profile.name, profile] as const))(
    '%s has patterns that servers turn into grammars',
    (_, profile) => {
      const patterns = propertiesIn(profile.schema ?? {}).flatMap(([, { pattern }]) =>
        typeof pattern === 'string' ? [pattern] : [],
      );
      // llama.cpp wants both anchors and knows no classes such as \d.
      expect(patterns.filter((pattern) => !/^\^[^\\]*\$$/.test(pattern))).toEqual([]);
    },
  );
});

type Named = [name: string, schema: Record<string, unknown>];

function propertiesIn(schema: Readonly<Record<string, unknown>>): Named[] {
  const own = Object.entries((schema.properties ?? {}) as Record<string, Record<string, unknown>>);
  const inItems = schema.items ? propertiesIn(schema.items as Record<string, unknown>) : [];
  return [...own, ...own.flatMap(([, inner]) => propertiesIn(inner)), ...inItems];
}
