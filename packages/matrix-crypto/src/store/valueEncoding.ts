// Stored values as text: JSON, with a tag for what JSON has no word for.
//
// JSON and not v8.serialize: the file outlives the Node that wrote it, and V8 keeps its format for itself. JSON can be read in ten
// years, by the sqlite3 shell, and is what wasm stores anyway (strings, numbers, booleans and plain objects of these).
//
// {"$":"undefined"}  {"$":"number","v":"NaN" | "Infinity" | "-Infinity" | "-0"}  {"$":"bigint","v":"12"}
// {"$":"date","v":ms | null}  {"$":"bytes","v":base64} (Uint8Array)  {"$":"buffer","v":base64} (ArrayBuffer)
// {"$":"object","v":[[name, value], …]}: a plain object with a property named $
import { domError } from './errors.ts';

type Tagged = { $: string; v?: unknown };

/**
 * The text of a value, cloned as it is now. Throws DataCloneError for what this store does not keep: functions, symbols, objects
 * of a class, Map and Set, views other than Uint8Array, arrays with holes, and objects that contain themselves.
 */
export function encodeValue(value: unknown): string {
  return JSON.stringify(toJson(value, []));
}

/** The value that `encodeValue` made this text of; a new one each time. */
export function decodeValue(text: string): unknown {
  const json: unknown = JSON.parse(text);
  return text.includes('"$"') ? fromJson(json) : json;
}

function toJson(value: unknown, ancestors: readonly object[]): unknown {
  if (typeof value === 'number')
    return isJsonNumber(value) ? value : tagged('number', Object.is(value, -0) ? '-0' : String(value));
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  if (value === undefined) return tagged('undefined');
  if (typeof value === 'bigint') return tagged('bigint', String(value));
  if (typeof value === 'object') return objectToJson(value, ancestors);
  throw domError('DataCloneError', `a ${typeof value} cannot be stored`);
}

function objectToJson(value: object, ancestors: readonly object[]): unknown {
  if (value instanceof Date) return tagged('date', value.getTime());
  if (value instanceof Uint8Array) return tagged('bytes', Buffer.from(value).toString('base64'));
  if (value instanceof ArrayBuffer) return tagged('buffer', Buffer.from(value).toString('base64'));
  if (ancestors.includes(value)) throw domError('DataCloneError', 'an object that contains itself cannot be stored');
  const within = [...ancestors, value];
  if (Array.isArray(value)) return arrayToJson(value, within);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw domError('DataCloneError', `a ${value.constructor?.name ?? 'foreign object'} cannot be stored`);
  }
  const entries = Object.entries(value).map(([name, inner]) => [name, toJson(inner, within)] as const);
  const needsTag = Object.hasOwn(value, '$');
  return needsTag ? tagged('object', entries) : Object.fromEntries(entries);
}

function arrayToJson(value: unknown[], within: readonly object[]): unknown[] {
  return Array.from(value, (inner, i) => {
    if (!(i in value)) throw domError('DataCloneError', 'an array with holes cannot be stored');
    return toJson(inner, within);
  });
}

function isJsonNumber(value: number): boolean {
  return Number.isFinite(value) && !Object.is(value, -0);
}

function tagged(tag: string, value?: unknown): Tagged {
  return value === undefined ? { $: tag } : { $: tag, v: value };
}

function fromJson(json: unknown): unknown {
  if (typeof json !== 'object' || json === null) return json;
  if (Array.isArray(json)) return json.map(fromJson);
  if (Object.hasOwn(json, '$')) return untag(json as Tagged);
  return Object.fromEntries(Object.entries(json).map(([name, inner]) => [name, fromJson(inner)]));
}

function untag({ $: tag, v: value }: Tagged): unknown {
  if (tag === 'undefined') return undefined;
  if (tag === 'number') return Number(value);
  if (tag === 'bigint') return BigInt(value as string);
  if (tag === 'date') return new Date((value as number | null) ?? Number.NaN);
  if (tag === 'bytes') return new Uint8Array(Buffer.from(value as string, 'base64'));
  if (tag === 'buffer') return new Uint8Array(Buffer.from(value as string, 'base64')).buffer;
  if (tag === 'object') {
    return Object.fromEntries((value as [string, unknown][]).map(([name, inner]) => [name, fromJson(inner)]));
  }
  throw domError('DataError', `a stored value has the unknown tag ${tag}`);
}
