// Owns what a command does and how it is answered; what a room has set is changed here and nowhere else.
import type { Command } from '../domain/incoming.ts';
import type { Ledger } from '../domain/ledger.ts';
import type { Profiles } from '../domain/profile.ts';
import type { Reply } from '../domain/reply.ts';
import { ROOM_MODES, type RoomMode, type RoomSettings } from '../domain/room.ts';
import { matchesAny } from './access.ts';
import type { Rendered } from './content.ts';
import {
  type RoomFacts,
  renderForgotten,
  renderHelp,
  renderRetry,
  renderStatusReport,
  renderUnknownCommand,
  type StatusFacts,
} from './renderRoom.ts';
import {
  type RoomPlace,
  renderMayNot,
  renderMode,
  renderModeSet,
  renderProfile,
  renderProfileSet,
  renderRightsUnknown,
  renderUnknownMode,
  renderUnknownProfile,
} from './renderSettings.ts';
import { tryAgainByCommand } from './tryAgain.ts';

export type CommandDeps = {
  ledger: Pick<Ledger, 'rooms' | 'jobs' | 'replies' | 'members'>;
  /** Of one member; null: no limit. */
  memberUploadsPerMinute: number | null;
  clock(): number;
  /** Globs over user ids: who may change the settings of any room. */
  admins: readonly string[];
  profiles: Profiles;
  defaultMode: RoomMode;
  defaultProfile: string;
  roomFacts(): RoomFacts;
  statusFacts(): StatusFacts;
};

/** The answer to a command, and replies that take back what was said; `forgetsRoom`: the answer is true when all of the room is gone. */
export type Obeyed = { rendered: Rendered; replies: Reply[]; forgetsRoom: boolean };

/** What counts in a room now. */
export function placeOf(
  roomId: string,
  {
    ledger,
    defaultMode,
    defaultProfile,
  }: Pick<CommandDeps, 'defaultMode' | 'defaultProfile'> & { ledger: Pick<Ledger, 'rooms'> },
): RoomPlace {
  const { mode, profile } = ledger.rooms.settings(roomId);
  return { mode: mode ?? defaultMode, profile: profile ?? defaultProfile };
}

/** Does what the command says and returns the answer to it. Throws what the ledger throws. */
export function obey(command: Command, deps: CommandDeps): Obeyed {
  switch (command.words[0]) {
    case 'retry':
      return retry(command, deps);
    case 'forget':
      return forget(command, deps);
    default:
      return { rendered: say(command, deps), replies: [], forgetsRoom: false };
  }
}

function retry(command: Command, deps: CommandDeps): Obeyed {
  const { count, left, saidOf } = tryAgainByCommand(command, deps);
  return { rendered: renderRetry(count, left), replies: saidOf, forgetsRoom: false };
}

function forget(command: Command, deps: CommandDeps): Obeyed {
  const refusal = refusalOf(command, deps);
  return { rendered: refusal ?? renderForgotten(), replies: [], forgetsRoom: refusal === null };
}

function say(command: Command, deps: CommandDeps): Rendered {
  const [word = 'help', value] = command.words;
  const place = placeOf(command.roomId, deps);
  switch (word) {
    case 'help':
      return renderHelp(deps.roomFacts(), place);
    case 'status':
      return renderStatusReport(deps.statusFacts(), place);
    case 'mode':
      return value === undefined ? renderMode(place.mode) : setMode(value, command, deps);
    case 'profile':
      return value === undefined ? showProfile(place.profile, deps) : setProfile(value, command, deps);
    default:
      return renderUnknownCommand(word);
  }
}

function setMode(word: string, command: Command, deps: CommandDeps): Rendered {
  const mode = ROOM_MODES.find((known) => known === word);
  return mode ? change({ mode }, renderModeSet(mode), command, deps) : renderUnknownMode(word);
}

function showProfile(name: string, { profiles }: CommandDeps): Rendered {
  return renderProfile(name, profiles.get(name), profiles.all());
}

function setProfile(word: string, command: Command, deps: CommandDeps): Rendered {
  const profile = deps.profiles.get(word);
  if (!profile) return renderUnknownProfile(word, deps.profiles.all());
  return change({ profile: profile.name }, renderProfileSet(profile), command, deps);
}

function change(changed: Partial<RoomSettings>, confirmation: Rendered, command: Command, deps: CommandDeps): Rendered {
  const refusal = refusalOf(command, deps);
  if (refusal) return refusal;
  deps.ledger.rooms.setSettings(command.roomId, changed);
  return confirmation;
}

/** Null: the sender may change what is the room's. */
function refusalOf({ sender, isRoomAdmin }: Command, { admins }: CommandDeps): Rendered | null {
  const right = matchesAny(admins, sender) ? 'yes' : isRoomAdmin;
  if (right === 'unknown') return renderRightsUnknown();
  return right === 'no' ? renderMayNot() : null;
}
