// Owns the tests of a folder of profiles: broken ones, edits, and what is left after them.
import { describe, expect, it } from 'vitest';
import type { Log } from '../../../src/domain/log.ts';
import { createProfiles } from '../../../src/profiles/createProfiles.ts';
import { createProfileFolder, type ProfileFolder, profileFile } from '../../fixtures/profileFolder.ts';
import { createRecordingLog } from '../../fixtures/recordingLog.ts';

const SCHEMA = { type: 'object', properties: { total: { type: 'number' } } };

function open(folder: ProfileFolder) {
  const { log, records } = createRecordingLog();
  return { records, profiles: createProfiles({ folder: folder.path, log, watch: false }) };
}

describe('a folder of profiles', () => {
  it('gives each by the name of its file, in order', () => {
    using folder = createProfileFolder({
      'tea.md': profileFile('Tea', SCHEMA, 'Which tea is it?\n\nSay it.'),
      'cake.md': profileFile('Cake'),
      'notes.txt': 'not a profile',
    });
    const { profiles } = open(folder);
    expect(profiles.all().map(({ name }) => name)).toEqual(['cake', 'tea']);
    expect(profiles.get('tea')).toMatchObject({
      name: 'tea',
      title: 'Tea',
      kinds: ['pdf', 'image'],
      picture: 'plain',
      schema: SCHEMA,
      prompt: 'Which tea is it?\n\nSay it.',
    });
    expect(profiles.get('cake')?.schema).toBeNull();
    expect(profiles.get('coffee')).toBeNull();
    expect(profiles.problems()).toEqual([]);
  });

  it('names a broken one with its file and the reason, and the others work', () => {
    using folder = createProfileFolder({ 'bad.md': '---\nkinds: [film]\n---\n', 'good.md': profileFile('Good') });
    const { profiles, records } = open(folder);
    expect(profiles.all().map(({ name }) => name)).toEqual(['good']);
    expect(profiles.problems()).toEqual(['bad.md: title must be a text; kinds.0 must be pdf or image']);
    expect(records).toEqual([expect.objectContaining({ level: 'warn', problem: profiles.problems()[0] })]);
  });

  it('keeps the last good version of one that an edit breaks, says so, and takes the next edit that mends it', () => {
    using folder = createProfileFolder({ 'tea.md': profileFile('Tea') });
    const { profiles, records } = open(folder);
    folder.put('tea.md', '---\ntitle: [\n---\n');
    profiles.reload();
    profiles.reload();
    expect(profiles.get('tea')?.title).toBe('Tea');
    expect(profiles.problems()).toEqual([expect.stringMatching(/^tea\.md: its YAML is broken: .*version before/)]);
    expect(records).toHaveLength(1);
    folder.put('tea.md', profileFile('Green tea'));
    profiles.reload();
    expect(profiles.get('tea')?.title).toBe('Green tea');
    expect(profiles.problems()).toEqual([]);
  });

  it('forgets one whose file is taken out', () => {
    using folder = createProfileFolder({ 'tea.md': profileFile('Tea') });
    const { profiles } = open(folder);
    folder.take('tea.md');
    profiles.reload();
    expect(profiles.all()).toEqual([]);
  });

  it('is a problem, not an end, when the folder is not there', () => {
    const { log } = createRecordingLog();
    const profiles = createProfiles({ folder: '/nowhere/profiles', log, watch: true });
    expect(profiles.all()).toEqual([]);
    expect(profiles.problems()).toEqual([expect.stringContaining('/nowhere/profiles: cannot be read: ENOENT')]);
    profiles.close();
  });

  it('takes an edit by itself while it is watched', async () => {
    using folder = createProfileFolder({ 'tea.md': profileFile('Tea') });
    const { promise: readAgain, resolve } = Promise.withResolvers<void>();
    const log: Log = { ...createRecordingLog().log, info: () => resolve() };
    const profiles = createProfiles({ folder: folder.path, log, watch: true });
    folder.put('cake.md', profileFile('Cake'));
    await readAgain;
    profiles.close();
    expect(profiles.get('cake')?.title).toBe('Cake');
  });
});
