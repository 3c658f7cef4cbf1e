// Owns the tests of the schema that a model's server gets.
import { expect, it } from 'vitest';
import { schemaForModel } from '../../../src/pipeline/fieldSchema.ts';

const total = { type: ['number', 'null'], title: 'Total' };
const price = { type: 'number' };

it("a model's server gets the schema without Lector's own words, and all that may be empty is asked for", () => {
  const item = {
    type: 'object',
    properties: { price: { ...price, 'x-rule': 'line_price' } },
    additionalProperties: false,
  };
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    additionalProperties: false,
    required: ['lines'],
    properties: {
      total: { ...total, 'x-rule': 'total', 'x-words': ['sum'] },
      lines: { type: 'array', items: item },
      'x-ray': { type: 'string', enum: ['x-rule'] },
    },
  };
  expect(schemaForModel({ name: 'receipt', schema })).toEqual({
    name: 'receipt',
    schema: {
      type: 'object',
      additionalProperties: false,
      required: ['lines', 'total'],
      properties: {
        total,
        lines: { type: 'array', items: { ...item, properties: { price }, required: [] } },
        'x-ray': { type: 'string', enum: ['x-rule'] },
      },
    },
  });
});

it('a profile without fields has none to ask for', () => {
  expect(schemaForModel({ name: 'default', schema: null })).toBeNull();
});
