// Owns the text of .env.example and of the README's table, both made from the variables' schema.
import type { z } from 'zod';
import { variableMeta, variables } from './variables.ts';

type Described = { name: string; section: string; about: string; shown: string; fallback: string };

/** Every variable with what a reader must know of it, in the order of the schema. */
export function describeVariables(): Described[] {
  return Object.entries(variables).map(([name, schema]) => {
    const meta = variableMeta.get(schema as z.ZodType);
    const parsedDefault = (schema as z.ZodType).safeParse(undefined);
    const value = parsedDefault.success ? (parsedDefault.data ?? (parsedDefault.data === null ? 'off' : '')) : '';
    const fallback = String(value);
    return { name, section: meta?.section ?? '', about: meta?.about ?? '', shown: meta?.shown ?? '', fallback };
  });
}

/** The whole of .env.example: everything commented out, so that a copy of it changes nothing. */
export function envExample(): string {
  const lines = ['# Lector reads these variables from the environment or from a file .env beside package.json.'];
  lines.push('# A secret NAME may also come from a file: NAME_FILE=/path. Made by `npm run env:example`.');
  let section = '';
  for (const variable of describeVariables()) {
    if (variable.section !== section) lines.push('', `# --- ${variable.section} ---`);
    section = variable.section;
    lines.push(`# ${variable.about}`, `#${variable.name}=${variable.fallback || variable.shown}`);
  }
  return `${lines.join('\n')}\n`;
}

/** The Markdown table of the README. */
export function variableTable(): string {
  const rows = describeVariables().map(
    ({ name, fallback, about }) => `| \`${name}\` | ${fallback ? `\`${fallback}\`` : '–'} | ${about} |`,
  );
  return ['| variable | default | |', '|---|---|---|', ...rows].join('\n');
}
