// Keeps the house: who may import whom, how long a file may be, and who reads the environment.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const MAX_LINES = 300;

type Module = { path: string; text: string; imports: string[]; packages: string[] };

function filesUnder(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|mjs|js)$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

function load(path: string): Module {
  const text = readFileSync(join(root, path), 'utf8');
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] as string);
  const isRelative = (specifier: string) => specifier.startsWith('.');
  return {
    path,
    text,
    imports: specifiers.filter(isRelative).map((specifier) => relative(root, resolve(root, dirname(path), specifier))),
    packages: specifiers.filter((specifier) => !isRelative(specifier)),
  };
}

const modules = ['src', 'workers', 'config'].flatMap(filesUnder).map(load);
const ADAPTERS = ['matrix', 'queue', 'pool', 'llm', 'ledger', 'ops', 'playground', 'profiles'];

/** Folder → what its files may import besides their own folder; the first rule whose folder fits counts. */
const RULES: [folder: string, allowed: string[]][] = [
  ['src/domain', []],
  ['src/pipeline', ['src/domain', 'config/limits.ts']],
  ...ADAPTERS.map((name): [string, string[]] => [`src/${name}`, ['src/domain', 'config']]),
  ['workers', ['src/domain', 'src/pipeline', 'config/limits.ts']],
  ['config', ['src/domain/errors.ts', 'src/domain/room.ts']],
  ['src/cli', ['src', 'config']],
  ['src/main.ts', ['src/cli', 'src/domain', 'src/ops', 'config']],
  ['src/', ['src', 'config']],
];

const isIn = (path: string, folder: string) =>
  path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);

function forbiddenImports(module: Module): string[] {
  const rule = RULES.find(([folder]) => isIn(module.path, folder));
  if (!rule) return [];
  const [folder, allowed] = rule;
  return module.imports
    .filter((path) => !isIn(path, folder) && !allowed.some((other) => isIn(path, other)))
    .map((path) => `${module.path} → ${path}`);
}

describe('the house', () => {
  test('imports go from the edges to the core only', () => {
    expect(modules.flatMap(forbiddenImports)).toEqual([]);
  });

  test('adapters take nothing but types, limits and pure text from config', () => {
    const adapters = modules.filter(({ path }) => ADAPTERS.some((name) => isIn(path, `src/${name}`)));
    const values = adapters.flatMap(({ path, text }) =>
      [...text.matchAll(/^import (?!type ).*'((?:\.\.\/)+config\/(?!limits\.ts)[^']+)'/gm)].map(
        (match) => `${path} → ${match[1]}`,
      ),
    );
    expect(values).toEqual([]);
  });

  test('each outside library stands in one folder', () => {
    const homes: Record<string, string> = {
      'matrix-bot-sdk': 'src/matrix',
      piscina: 'src/pool',
      pino: 'src/ops',
      openai: 'src/llm',
      ollama: 'src/llm',
      'pdfjs-dist': 'workers',
      sharp: 'workers',
      'tesseract.js': 'workers',
      ajv: 'src/profiles',
      yaml: 'src/profiles',
      'file-type': 'src/domain',
      'node:sqlite': 'src/ledger',
      'prom-client': 'src/ops',
    };
    const strays = modules.flatMap(({ path, packages }) =>
      packages
        .map((name) => homes[name] ?? homes[name.split('/')[0] as string])
        .filter((home) => home !== undefined && !isIn(path, home))
        .map((home) => `${path} imports what belongs to ${home}`),
    );
    expect(strays).toEqual([]);
  });

  test('cli is imported by main alone', () => {
    const importers = modules.filter(
      ({ path, imports }) => !isIn(path, 'src/cli') && imports.some((target) => isIn(target, 'src/cli')),
    );
    expect(importers.map(({ path }) => path)).toEqual(['src/main.ts']);
  });

  test('main alone reads the environment, the arguments and signals', () => {
    const readers = modules.filter(({ text }) => /process\.(env|argv|on\('SIG)/.test(text));
    expect(readers.map(({ path }) => path)).toEqual(['src/main.ts']);
  });

  test('threads know no network, no ledger and no environment', () => {
    const network = /^node:(http|https|net|tls|dgram|child_process|sqlite)$/;
    const strays = modules.filter(
      ({ path, packages }) => isIn(path, 'workers') && packages.some((name) => network.test(name)),
    );
    expect(strays.map(({ path }) => path)).toEqual([]);
  });

  test(`files are short (median ≤ 100 lines, none over ${MAX_LINES}) and say first what they own`, () => {
    const lengths = modules.map(({ text }) => text.split('\n').length).sort((a, b) => a - b);
    const tooLong = modules.filter(({ text }) => text.split('\n').length > MAX_LINES).map(({ path }) => path);
    const silent = modules.filter(({ text }) => !/^(#!.*\n)?\/\/ \S/.test(text)).map(({ path }) => path);
    expect({ tooLong, silent }).toEqual({ tooLong: [], silent: [] });
    expect(lengths[Math.floor(lengths.length / 2)]).toBeLessThanOrEqual(100);
  });
});
