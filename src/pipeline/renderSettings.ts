// Owns what a room is told of its settings: the mode and the profile in force, what else there is, and who may change them.
import type { MediaKind } from '../domain/media.ts';
import type { Profile } from '../domain/profile.ts';
import { ROOM_MODES, type RoomMode } from '../domain/room.ts';
import type { Rendered } from './content.ts';
import { oneLine } from './html.ts';
import { sentence, withLines } from './noticeText.ts';

/** What counts in a room: what it has set, else the operator's default. */
export type RoomPlace = { mode: RoomMode; profile: string };

/** How members ask for an upload. */
export const HOW_TO_ASK = 'To ask me, mention me in the caption, or in a reply to the file.';
const WHO_MAY = 'Admins and moderators of this room can change it';

/** What a mode means, as the beginning of a sentence. */
export function modeInWords(mode: RoomMode): string {
  switch (mode) {
    case 'auto':
      return 'I read every PDF and picture that is posted here';
    case 'documents':
      return 'I read every PDF that is posted here, and pictures when I am asked';
    case 'mention':
      return 'I read PDFs and pictures that are posted here when I am asked';
  }
}

/** The answer to `!lector mode`. */
export function renderMode(mode: RoomMode): Rendered {
  const others = ROOM_MODES.filter((other) => other !== mode).map((other) => `${other}: ${modeInWords(other)}.`);
  return withLines(`This room is in mode ${mode}: ${modeInWords(mode)}.`, [
    ...others,
    HOW_TO_ASK,
    `${WHO_MAY}: “!lector mode ${ROOM_MODES.join('|')}”.`,
  ]);
}

/** The mode was changed. */
export function renderModeSet(mode: RoomMode): Rendered {
  return sentence(`From now on ${modeInWords(mode)}.${mode === 'auto' ? '' : ` ${HOW_TO_ASK}`}`);
}

export function renderUnknownMode(word: string): Rendered {
  return sentence(`There is no mode “${oneLine(word, 40)}”. There are ${ROOM_MODES.join(', ')}.`);
}

/** The answer to `!lector profile`; `current` null: the profile `name` is not there. */
export function renderProfile(name: string, current: Profile | null, all: readonly Profile[]): Rendered {
  const title = current
    ? `This room’s profile is ${name}: ${titleOf(current)}.`
    : `This room’s profile is ${oneLine(name, 40)}, which is not there or does not work.`;
  const others = all
    .filter((profile) => profile.name !== name)
    .map((profile) => `${profile.name}: ${titleOf(profile)}`);
  return withLines(title, [...others, `${WHO_MAY}: “!lector profile NAME”.`]);
}

/** The profile was changed. */
export function renderProfileSet(profile: Profile): Rendered {
  const fields = profile.schema ? ' The answer shows the fields that it asks for.' : '';
  return sentence(`From now on this room’s profile is ${profile.name}: ${titleOf(profile)}.${fields}`);
}

export function renderUnknownProfile(word: string, all: readonly Profile[]): Rendered {
  const there = all.length > 0 ? `There are ${all.map(({ name }) => name).join(', ')}.` : 'There is none at all.';
  return sentence(`There is no profile “${oneLine(word, 40)}”. ${there}`);
}

/** The sender may not change the room's settings. */
export function renderMayNot(): Rendered {
  return sentence(
    'Only those who may change the settings of this room (its admins and moderators), or whoever runs me, can change that.',
  );
}

/** The homeserver did not tell whether the sender may. */
export function renderRightsUnknown(): Rendered {
  return sentence('I could not check just now whether you may change that, so nothing has changed. Please try again.');
}

const KIND_WORDS: Readonly<Record<MediaKind, string>> = { pdf: 'PDFs', image: 'pictures' };

/** The operator's title, with the kinds of files where the profile is not for all. */
function titleOf({ title, kinds }: Profile): string {
  const isForAll = Object.keys(KIND_WORDS).every((kind) => kinds.includes(kind as MediaKind));
  const shown = oneLine(title, 80);
  return isForAll ? shown : `${shown} (${kinds.map((kind) => KIND_WORDS[kind]).join(', ')} only)`;
}
