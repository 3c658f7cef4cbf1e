// Owns the decisions about what comes in: pure functions from what was seen to what is to be done.
import type { Incoming } from '../domain/incoming.ts';
import type { RoomState } from '../domain/ledger.ts';
import type { Upload } from '../domain/media.ts';
import type { Access } from './access.ts';

export type UploadDecision = { do: 'accept' } | { do: 'ignore' } | { do: 'deny' };

/** An upload is accepted from allowed members in allowed rooms that the bot is in. */
export function decideUpload(upload: Upload, room: RoomState | null, access: Access): UploadDecision {
  if (room !== 'joined' || !access.isAllowedRoom(upload.roomId)) return { do: 'ignore' };
  return access.isAllowedUser(upload.sender) ? { do: 'accept' } : { do: 'deny' };
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
