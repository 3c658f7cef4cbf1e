// Owns the way from one profile file (front matter and prompt) to a profile, or to the reason why it is none.
import { parse } from 'yaml';
import { z } from 'zod';
import { toAppError } from '../domain/errors.ts';
import type { FieldSchema, Profile } from '../domain/profile.ts';
import { createFieldCheck } from './fieldCheck.ts';

export type ParsedProfile = { ok: true; profile: Profile } | { ok: false; reason: string };

/** Servers take names of schemas of so many of these characters. */
const NAME = /^[a-z0-9][a-z0-9_-]{0,62}$/;
const FRONT_MATTER = /^---[ \t]*\n([\s\S]*?)\n---[ \t]*(?:\n|$)/;

const frontMatterSchema = z.strictObject({
  title: z.string({ error: 'must be a text' }).trim().min(1, 'must not be empty'),
  kinds: z
    .array(z.enum(['pdf', 'image'], { error: 'must be pdf or image' }), { error: 'must be a list of pdf and image' })
    .min(1, 'must name pdf, image or both')
    .default(['pdf', 'image']),
  picture: z.enum(['plain', 'enhanced'], { error: 'must be plain or enhanced' }).default('plain'),
  schema: z.record(z.string(), z.unknown(), { error: 'must be a JSON Schema' }).optional(),
});

/** The profile of a file `NAME.md`; `reason` is a line for the operator, without the file's name. */
export function parseProfile(name: string, content: string): ParsedProfile {
  if (!NAME.test(name)) return broken('the name may hold a–z, 0–9, - and _ only, and begins with a letter or a digit');
  const text = content.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n');
  const head = FRONT_MATTER.exec(text);
  if (!head) return broken('it does not begin with a front matter: a line of ---, its YAML, a line of ---');
  const prompt = text.slice(head[0].length).trim();
  try {
    return profileOf(name, parse(head[1] ?? '') ?? {}, prompt);
  } catch (thrown) {
    return broken(`its YAML is broken: ${firstLine(toAppError(thrown).message)}`);
  }
}

function profileOf(name: string, frontMatter: unknown, prompt: string): ParsedProfile {
  const parsed = frontMatterSchema.safeParse(frontMatter);
  if (!parsed.success) return broken(parsed.error.issues.map(sayIssue).join('; '));
  const { title, kinds, picture, schema = null } = parsed.data;
  const checked = createFieldCheck(schema);
  if (!checked.ok) return checked;
  const profile: Profile = { name, title, kinds, picture, schema: deepFreeze(schema), prompt, check: checked.check };
  return { ok: true, profile: Object.freeze(profile) };
}

function sayIssue({ code, path, message, ...issue }: z.core.$ZodIssue): string {
  if (code === 'unrecognized_keys' && 'keys' in issue) return `unknown: ${(issue.keys as string[]).join(', ')}`;
  return path.length === 0 ? 'the front matter must be a list of names and values' : `${path.join('.')} ${message}`;
}

function broken(reason: string): ParsedProfile {
  return { ok: false, reason };
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}

function deepFreeze<T extends FieldSchema | null>(value: T): T {
  if (value === null) return value;
  for (const part of Object.values(value))
    if (part !== null && typeof part === 'object') deepFreeze(part as FieldSchema);
  return Object.freeze(value);
}
