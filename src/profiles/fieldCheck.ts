// Owns the check of fields against their schema, in sentences that a model can mend its answer by.
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import { toAppError } from '../domain/errors.ts';
import { FIELD_RULES, type FieldSchema, type Profile } from '../domain/profile.ts';

export type FieldCheck = { ok: true; check: Profile['check'] } | { ok: false; reason: string };

/** More do not help a model, and cost it room. */
const MAX_PROBLEMS = 10;
const MAX_NAME_CHARS = 60;

/** The formats that schemas usually name; what they hold is checked loosely, a `pattern` is there for more. */
const FORMATS = {
  date: /^\d{4}-\d{2}-\d{2}$/,
  time: /^\d{2}:\d{2}/,
  'date-time': /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/,
  email: /^[^\s@]+@[^\s@]+$/,
  uri: /^[a-z][a-z0-9+.-]*:\S+$/i,
};

/**
 * The check of a profile's fields; no schema: anything is right. Not `ok`: the schema is not one of an object, does not compile,
 * or holds a keyword that is not known (a slip of the pen would silently check nothing).
 */
export function createFieldCheck(schema: FieldSchema | null): FieldCheck {
  if (schema === null) return { ok: true, check: () => [] };
  const isOfObject =
    schema.type === 'object' && isObject(schema.properties) && Object.keys(schema.properties).length > 0;
  if (!isOfObject) return { ok: false, reason: 'schema must be of one object: type object, with properties' };
  if (schema.$async !== undefined) return { ok: false, reason: 'schema must not be $async' };
  try {
    metaSchema ??= new Ajv2020({ allErrors: true, logger: false });
    metaSchema.validateSchema(schema, true);
    const validate = createCompiler().compile(schema);
    return { ok: true, check: (fields) => (validate(fields) ? [] : sentences(validate.errors ?? [])) };
  } catch (thrown) {
    return { ok: false, reason: `schema does not compile: ${toAppError(thrown).message}` };
  }
}

/** One for all schemas: the standard's own schema takes more memory to compile than all profiles (13 MB for five, measured). */
let metaSchema: Ajv2020 | undefined;

/** One for each schema, so that none can refer to what another names. */
function createCompiler(): Ajv2020 {
  const ajv = new Ajv2020({
    meta: false,
    validateSchema: false,
    allErrors: true,
    allowUnionTypes: true,
    strictRequired: true,
    logger: false,
    formats: FORMATS,
  });
  ajv.addKeyword({ keyword: 'x-rule', metaSchema: { type: 'string', enum: [...FIELD_RULES] } });
  ajv.addKeyword({ keyword: 'x-words', metaSchema: { type: 'array', items: { type: 'string', minLength: 1 } } });
  ajv.addKeyword({ keyword: 'x-derived', metaSchema: { type: 'boolean' } });
  return ajv;
}

function sentences(errors: readonly ErrorObject[]): string[] {
  return [...new Set(errors.map(sentence))].slice(0, MAX_PROBLEMS);
}

function sentence({ instancePath, keyword, message = 'is wrong', params }: ErrorObject): string {
  const where = instancePath === '' ? '/' : shorten(instancePath);
  if (keyword === 'additionalProperties' || keyword === 'unevaluatedProperties') {
    const name = String(params.additionalProperty ?? params.unevaluatedProperty);
    return `${where} must not have ${JSON.stringify(shorten(name))}`;
  }
  if (keyword === 'enum') return `${where} must be one of ${JSON.stringify(params.allowedValues)}`;
  return `${where} ${message}`;
}

/** Names can come from the answer itself, as long as a model likes. */
function shorten(text: string): string {
  const clean = text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').toWellFormed();
  return clean.length <= MAX_NAME_CHARS ? clean : `${clean.slice(0, MAX_NAME_CHARS)}…`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
