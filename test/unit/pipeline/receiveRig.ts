// Owns the rig of the tests of receiving: a ledger with one joined room, and what comes in from it.
import { onTestFinished } from 'vitest';
import type { Command, Incoming } from '../../../src/domain/incoming.ts';
import type { Ledger } from '../../../src/domain/ledger.ts';
import type { Upload } from '../../../src/domain/media.ts';
import type { Profile } from '../../../src/domain/profile.ts';
import type { Reply, ReplyPart } from '../../../src/domain/reply.ts';
import { openLedger } from '../../../src/ledger/ledger.ts';
import { createAccess } from '../../../src/pipeline/access.ts';
import { type ReceiveDeps, type Received, receive } from '../../../src/pipeline/receive.ts';
import type { RoomFacts } from '../../../src/pipeline/renderRoom.ts';
import { anUpload } from '../../fixtures/uploads.ts';

export const ROOM = '!papers:here';
export const NOW = 50_000;
export const FACTS: RoomFacts = {
  modelHost: null,
  vision: 'no',
  ocrLanguages: ['eng'],
  maxPages: 500,
  maxFileBytes: 50 * 1024 * 1024,
  resultCacheMs: 7 * 86_400_000,
  retentionMs: 90 * 86_400_000,
};

/** A profile as a folder of an operator may hold it. */
export function aProfile(name: string, with_: Partial<Profile> = {}): Profile {
  const all: Profile['kinds'] = ['pdf', 'image'];
  return {
    name,
    title: `The ${name}`,
    kinds: all,
    schema: null,
    prompt: '',
    picture: 'plain',
    check: () => [],
    ...with_,
  };
}
const PROFILES = [aProfile('default'), aProfile('invoice', { title: 'Invoices', kinds: ['pdf'], schema: {} })];

export type ReceiveRig = { ledger: Ledger; deps: ReceiveDeps; get(...incoming: Incoming[]): Received };

/** `@*:here` may use the bot, `@root:*` runs it; there are the profiles default and invoice. */
export function createReceiveRig(): ReceiveRig {
  const ledger = openLedger(':memory:', () => NOW);
  onTestFinished(() => ledger.close());
  ledger.rooms.set(ROOM, 'joined');
  const deps: ReceiveDeps = {
    ledger,
    access: createAccess('@lector:here', ['@*:here'], null),
    admins: ['@root:*'],
    profiles: { get: (name) => PROFILES.find((profile) => profile.name === name) ?? null, all: () => PROFILES },
    defaultMode: 'auto',
    defaultProfile: 'default',
    roomFacts: () => FACTS,
    statusFacts: () => ({ atWork: 1, inLine: 2, waiting: 3, answered: 4, failed: 5, model: null }),
    memberUploadsPerMinute: null,
    clock: () => NOW,
  };
  return { ledger, deps, get: (...incoming) => receive({ nextBatch: 's1', incoming }, deps) };
}

export const posted = (upload: Partial<Upload> = {}, ageMs = 0): Incoming => ({
  kind: 'upload',
  upload: anUpload(upload),
  ageMs,
});

/** What translating a reply that mentions the bot gives. */
export const asked = (upload: Partial<Upload> = {}, by = '@anna:here'): Incoming => ({
  kind: 'upload',
  upload: anUpload({ ...upload, isAsked: true }),
  ageMs: 0,
  askedBy: { sender: by, eventId: `$ask of ${by}` },
});

/** `!lector` with these words, said by anna unless `with_` says otherwise. */
export const command = (words: string[], with_: Partial<Command> = {}): Incoming => ({
  kind: 'command',
  command: {
    eventId: '$c',
    roomId: ROOM,
    sender: '@anna:here',
    threadRootId: undefined,
    isRoomAdmin: 'unknown',
    words,
    ...with_,
  },
});
export const said = (...words: string[]): Incoming => command(words);

export const redacted = (redactedEventId = '$upload', roomId = ROOM): Incoming => ({
  kind: 'redaction',
  roomId,
  redactedEventId,
});

export const contentOf = (reply: Reply | undefined) =>
  (reply?.body.kind === 'message' ? reply.body.content : {}) as Record<string, string>;

export const saved = (part: ReplyPart, optional = false): Reply => ({
  roomId: ROOM,
  sourceEventId: '$upload',
  part,
  body: { kind: 'message', content: { body: part } },
  optional,
});
