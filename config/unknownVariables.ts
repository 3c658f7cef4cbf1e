// Owns the look for names that mean nothing to Lector, most of them misspelt: a restriction that is not in force is worse than none.
import type { z } from 'zod';
import { LATER_VARIABLES, REFUSED_VARIABLES, variableMeta, variables } from './variables.ts';

type Env = Readonly<Record<string, string | undefined>>;

const OURS = Object.entries(variables).flatMap(([name, schema]) =>
  variableMeta.get(schema as z.ZodType)?.secret ? [name, `${name}_FILE`] : [name],
);
const KNOWN: ReadonlySet<string> = new Set([...OURS, ...LATER_VARIABLES, ...REFUSED_VARIABLES]);

/** Of a machine's own variables with these beginnings it is likely that they were meant for Lector. */
const PREFIX = /^(?:MATRIX|LLM|OCR)_/;

/** Ordinary on machines, and near to our names: of the command `llm` (llm.datasette.io), of Python programs, of MySQL, of web servers. */
const OF_OTHERS = [
  'LLM_USER_PATH',
  'LLM_LOAD_PLUGINS',
  'LLM_OPENAI_SHOW_RESPONSES',
  'LLM_RAISE_ERRORS',
  'LOGLEVEL',
  'DATADIR',
  'HTTP_POST',
  'HTTPS_PORT',
  'HTTPS_HOST',
];

/** Kubernetes tells each container of the services beside it, which may be called matrix or llm. */
const OF_KUBERNETES = /_(?:SERVICE_(?:HOST|PORT)|PORT)(?:_\w+)?$/;

const MAX_EDITS = 2;
/** In names that are shorter than this two edits make another word: DATA_DIR and JAVA_DIR. */
const LONG_NAME = 12;

/**
 * A sentence for each name of `file` (.env) that Lector does not know, and for each of `environment` that is all but one of
 * ours or has one of our prefixes. No value stands in a sentence, nor a name that may be a piece of a value.
 */
export function findUnknownVariables(file: Env, environment: Env): string[] {
  const strange = Object.keys(file).filter((name) => !KNOWN.has(name));
  const suspect = Object.keys(environment).filter((name) => environment[name] && isMeantForUs(name));
  return [...new Set([...strange, ...suspect].map(describe))];
}

function isMeantForUs(name: string): boolean {
  if (KNOWN.has(name) || OF_OTHERS.includes(name)) return false;
  return (
    (PREFIX.test(name) && !OF_KUBERNETES.test(name)) || nearest(name, name.length < LONG_NAME ? 1 : MAX_EDITS) !== null
  );
}

function describe(name: string): string {
  const near = nearest(name.toUpperCase(), MAX_EDITS);
  if (near !== null) return `${name} is not a variable of Lector; did you mean ${near}?`;
  return isPlainName(name)
    ? `${name} is not a variable of Lector`
    : '.env has a name that is not a variable of Lector (not shown, as it does not look like a name)';
}

/** A secret that is pasted without its name, such as Base64 with = at its end, reads as a name and a value. */
function isPlainName(name: string): boolean {
  return /^[A-Z][A-Z0-9_]*$|^[a-z]+(?:_[a-z]+)+$/.test(name);
}

function nearest(name: string, maxEdits: number): string | null {
  const ranked = OURS.map((ours) => ({ ours, edits: editDistance(name, ours) })).sort((a, b) => a.edits - b.edits);
  const [best] = ranked;
  return best && best.edits <= maxEdits ? best.ours : null;
}

/** Letters to insert, delete or replace, and neighbours to swap (optimal string alignment distance). */
function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > MAX_EDITS) return MAX_EDITS + 1;
  const table = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number) => table[row]?.[column] ?? Number.POSITIVE_INFINITY;
  for (let row = 1; row <= a.length; row++) {
    const line = [row];
    table.push(line);
    for (let column = 1; column <= b.length; column++) {
      const isSame = a[row - 1] === b[column - 1];
      const isSwapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      line.push(
        Math.min(
          at(row - 1, column) + 1,
          at(row, column - 1) + 1,
          at(row - 1, column - 1) + (isSame ? 0 : 1),
          isSwapped ? at(row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
  }
  return at(a.length, b.length);
}
