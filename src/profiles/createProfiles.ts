// Owns the operator's profiles: reads them all at start, again after each edit, and keeps the last good version of each.
import { type FSWatcher, readdirSync, readFileSync, watch } from 'node:fs';
import { join } from 'node:path';
import { toAppError } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import type { Profile, Profiles } from '../domain/profile.ts';
import { parseProfile } from './parseProfile.ts';

/** Editors write a file in several steps; what they leave after this long is what they meant. */
const SETTLE_MS = 200;

export type ProfilesDeps = {
  /** Absolute path of the folder with the profiles, one `NAME.md` each. */
  folder: string;
  log: Log;
  /** Reads them again when one is edited. */
  watch: boolean;
};

export type WatchedProfiles = Profiles & {
  /** What is wrong in the folder at this moment, a line each that begins with the file's name. */
  problems(): string[];
  /** Reads the folder again now. */
  reload(): void;
  /** Ends watching. */
  close(): void;
};

/** The profiles of a folder; a broken one is logged and named by `problems`, and the others work. Never throws. */
export function createProfiles({ folder, log, watch: isWatching }: ProfilesDeps): WatchedProfiles {
  let loaded = new Map<string, Profile>();
  let problems: string[] = [];

  const reload = () => {
    const before = problems;
    const found = readFolder(folder, loaded);
    loaded = found.profiles;
    problems = found.problems;
    for (const problem of problems) if (!before.includes(problem)) log.warn({ folder, problem }, 'a profile is broken');
  };
  reload();
  const watching = isWatching ? startWatching(folder, log, reload) : null;

  return {
    get: (name) => loaded.get(name) ?? null,
    all: () => [...loaded.values()].sort((one, other) => (one.name < other.name ? -1 : 1)),
    problems: () => [...problems],
    reload,
    close: () => watching?.close(),
  };
}

/** `before` fills in for a profile whose file is there but broken. */
function readFolder(folder: string, before: ReadonlyMap<string, Profile>) {
  const profiles = new Map<string, Profile>();
  const problems: string[] = [];
  try {
    for (const file of readdirSync(folder).sort()) {
      if (!file.endsWith('.md') || file.startsWith('.')) continue;
      const name = file.slice(0, -'.md'.length);
      const parsed = readProfile(folder, name);
      const profile = parsed.ok ? parsed.profile : before.get(name);
      if (profile) profiles.set(name, profile);
      if (!parsed.ok) problems.push(`${file}: ${parsed.reason}${profile ? ' (the version before it is used)' : ''}`);
    }
  } catch (thrown) {
    return { profiles: new Map(before), problems: [`${folder}: cannot be read: ${toAppError(thrown).message}`] };
  }
  return { profiles, problems };
}

function readProfile(folder: string, name: string): ReturnType<typeof parseProfile> {
  try {
    return parseProfile(name, readFileSync(join(folder, `${name}.md`), 'utf8'));
  } catch (thrown) {
    return { ok: false, reason: `cannot be read: ${toAppError(thrown).message}` };
  }
}

function startWatching(folder: string, log: Log, reload: () => void): { close(): void } | null {
  let timer: NodeJS.Timeout | undefined;
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      reload();
      log.info({ folder }, 'the profiles were read again');
    }, SETTLE_MS).unref();
  };
  try {
    const watcher: FSWatcher = watch(folder, { persistent: false }, soon);
    watcher.on('error', (err) => log.warn({ err, folder }, 'edits of profiles are not seen until the next start'));
    return {
      close() {
        clearTimeout(timer);
        watcher.close();
      },
    };
  } catch (err) {
    log.warn({ err, folder }, 'edits of profiles are not seen until the next start');
    return null;
  }
}
