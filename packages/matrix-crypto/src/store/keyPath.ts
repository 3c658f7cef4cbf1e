// Key paths of indices: which part of a stored value is its key.
import { domError } from './errors.ts';
import { keyBytes } from './keyEncoding.ts';

/** One path (`a.b`), or several whose keys together form an array key. */
export type KeyPath = string | readonly string[];

const IDENTIFIER = /^[$_\p{ID_Start}](?:[$\p{ID_Continue}]|\u200c|\u200d)*$/u;

/** A key path as the caller gave it. Throws SyntaxError when it is none (https://w3c.github.io/IndexedDB/#valid-key-path). */
export function parseKeyPath(value: unknown): KeyPath {
  if (Array.isArray(value) && value.length > 0) return value.map((path) => parsePath(path));
  return parsePath(value);
}

/** The encoded key that a value has under a path; undefined when it has none there, or nothing that is a valid key. */
export function keyAt(value: unknown, path: KeyPath): Uint8Array | undefined {
  return keyBytes(typeof path === 'string' ? valueAt(value, path) : path.map((part) => valueAt(value, part)));
}

function parsePath(value: unknown): string {
  const path = String(value);
  if (path !== '' && !path.split('.').every((part) => IDENTIFIER.test(part))) {
    throw domError('SyntaxError', `not a valid key path: ${path}`);
  }
  return path;
}

function valueAt(value: unknown, path: string): unknown {
  if (path === '') return value;
  let current = value;
  for (const part of path.split('.')) {
    if (current === undefined || current === null || !Object.hasOwn(current, part)) return undefined;
    current = (current as Record<string, unknown>)[part];
  }
  return current;
}
