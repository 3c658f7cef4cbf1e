// Owns what an answer depends on, as one key: two jobs with the same key get the same answer.
import { createHash } from 'node:crypto';
import type { MediaKind } from '../domain/media.ts';
import type { Profile } from '../domain/profile.ts';

/** Counts up with every change of prompts, rules or rendering of readings that makes old answers wrong. */
const ANSWER_VERSION = 1;

export type ResultFacts = {
  sha256: string;
  kind: MediaKind;
  /** What a model that sees is told of the picture's name; null: nothing. */
  fileName: string | null;
  profile: Profile | null;
  /** Names of the models; null: there is none. */
  model: string | null;
  /** Settings that change what is read or said: limits, languages. */
  settings: Readonly<Record<string, unknown>>;
};

/** A hash of all of it. */
export function resultKey({ profile, ...facts }: ResultFacts): string {
  // Functions fall out: a profile's check follows from its schema.
  const all = JSON.stringify({ version: ANSWER_VERSION, profile, ...facts });
  return createHash('sha256').update(all).digest('base64url');
}
