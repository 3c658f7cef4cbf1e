// Keeps what is written of the variables in step with their schema: .env.example and the README's table.
import { readFileSync } from 'node:fs';
import { parse } from 'dotenv';
import { expect, test } from 'vitest';
import { parseConfig } from '../../../config/env.ts';
import { describeVariables, envExample, variableTable } from '../../../config/envExample.ts';
import { LATER_VARIABLES, REFUSED_VARIABLES, variables } from '../../../config/variables.ts';

const read = (name: string) => readFileSync(new URL(`../../../${name}`, import.meta.url), 'utf8');
const STALE = 'run `npm run env:example`';

test('.env.example is made from the schema', () => {
  expect(read('.env.example'), STALE).toBe(envExample());
});

test("the README's table is made from the schema", () => {
  const [, table] = /<!-- variables -->\n\n([\s\S]*?)\n\n<!-- \/variables -->/.exec(read('README.md')) ?? [];
  expect(table, STALE).toBe(variableTable());
});

test('a copy of .env.example changes nothing', () => {
  expect(parse(envExample())).toEqual({});
});

test('.env.example with every line switched on is valid', () => {
  const env = parse(envExample().replace(/^#([A-Z_]+=)/gm, '$1'));
  expect(Object.keys(env)).toEqual(Object.keys(variables));
  expect(() => parseConfig(env, 'nothing', () => '')).not.toThrow();
});

test('every variable says what it is for, in a section', () => {
  for (const { name, about, section } of describeVariables()) {
    expect([name, about.length > 10, section !== '']).toEqual([name, true, true]);
    expect(about).not.toMatch(/[|\n]/);
  }
});

test('no variable is both in force and not', () => {
  const names = [...Object.keys(variables), ...LATER_VARIABLES, ...REFUSED_VARIABLES];
  expect(new Set(names).size).toBe(names.length);
});
