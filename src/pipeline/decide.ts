// Owns the decisions about what comes in: pure functions from what was seen to what is to be done.
import type { Incoming } from '../domain/incoming.ts';
import type { RoomState } from '../domain/ledger.ts';
import type { Upload } from '../domain/media.ts';
import type { RoomMode } from '../domain/room.ts';
import type { Access } from './access.ts';

export type UploadDecision = { do: 'accept' } | { do: 'ignore' } | { do: 'deny' };

/** Whether anything that members ask for in the room is done: the bot is in it, and whoever runs it has not taken it off the list since. */
export function isServed(roomId: string, room: RoomState | null, access: Access): boolean {
  return room === 'joined' && access.isAllowedRoom(roomId);
}

/**
 * An upload that the room's mode wants is accepted from allowed members in allowed rooms that the bot is in. `sender` is whoever wants
 * it read: the one who posted it, or asks for it.
 */
export function decideUpload(
  upload: Pick<Upload, 'sender' | 'roomId' | 'isPicture' | 'isAsked' | 'declaredMime'>,
  room: RoomState | null,
  access: Access,
  mode: RoomMode,
): UploadDecision {
  if (!isServed(upload.roomId, room, access)) return { do: 'ignore' };
  if (!isWanted(upload, mode)) return { do: 'ignore' };
  return access.isAllowedUser(upload.sender) ? { do: 'accept' } : { do: 'deny' };
}

/** Whether the mode wants the upload, by what its event tells: a picture posted as a file without a type is known by its content only. */
export function isWanted(upload: Pick<Upload, 'isPicture' | 'isAsked' | 'declaredMime'>, mode: RoomMode): boolean {
  if (upload.isAsked || mode === 'auto') return true;
  const isPicture = upload.isPicture || upload.declaredMime?.startsWith('image/') === true;
  return mode === 'documents' && !isPicture;
}

export type InviteDecision = { do: 'join' } | { do: 'decline'; reason: string };
export const ENCRYPTED_REASON =
  'This room is encrypted, and I cannot read encrypted rooms yet. Please invite me to one that is not.';

/** An invite is accepted from allowed users, to allowed rooms that are not encrypted. */
export function decideInvite(invite: Extract<Incoming, { kind: 'invite' }>, access: Access): InviteDecision {
  if (!access.isAllowedUser(invite.inviter)) {
    return { do: 'decline', reason: 'Whoever runs this bot has not allowed you to invite it.' };
  }
  if (!access.isAllowedRoom(invite.roomId)) {
    return { do: 'decline', reason: 'Whoever runs this bot has not allowed it in this room.' };
  }
  return invite.encrypted ? { do: 'decline', reason: ENCRYPTED_REASON } : { do: 'join' };
}

export type ReplacementDecision = { do: 'join' } | { do: 'ignore' };

/** An upgraded room is followed as if whoever upgraded it had invited the bot; `room` is the state of the new one. */
export function decideReplacement(
  replaced: Extract<Incoming, { kind: 'replaced' }>,
  room: RoomState | null,
  access: Access,
): ReplacementDecision {
  const isAllowed = access.isAllowedUser(replaced.sender) && access.isAllowedRoom(replaced.replacementRoomId);
  return isAllowed && room !== 'joined' ? { do: 'join' } : { do: 'ignore' };
}
