// Owns the way of an upload into the ledger: wanted or not, its member's turn, or answered already.
import type { Incoming } from '../domain/incoming.ts';
import type { Ledger } from '../domain/ledger.ts';
import { claimsToBeDocument, type Upload } from '../domain/media.ts';
import type { Reply } from '../domain/reply.ts';
import type { Access } from './access.ts';
import { type CommandDeps, placeOf } from './commands.ts';
import { replyNotice } from './content.ts';
import { decideUpload } from './decide.ts';
import { memberTurn } from './memberTurn.ts';
import { renderAlreadyAnswered } from './renderRoom.ts';
import { denied, notice, slowed } from './roomNotices.ts';

export type UploadDeps = CommandDeps & {
  ledger: Ledger;
  access: Access;
};

type UploadIncoming = Extract<Incoming, { kind: 'upload' }>;

/** Puts the upload in line if it is wanted; returns what is to be said at once. */
export function receiveUpload(incoming: UploadIncoming, deps: UploadDeps): Reply[] {
  const { upload, askedBy } = incoming;
  const { roomId, eventId } = upload;
  const sender = askedBy?.sender ?? upload.sender;
  const { mode } = placeOf(roomId, deps);
  const decision = decideUpload({ ...upload, sender }, deps.ledger.rooms.state(roomId), deps.access, mode);
  if (decision.do === 'ignore') return [];
  if (decision.do === 'deny') return [denied(roomId, sender, askedBy?.eventId ?? eventId)];
  const { isKnown, replies } = putInLine(incoming, sender, deps);
  return isKnown && askedBy ? alreadyAnswered(upload, askedBy.eventId, deps) : replies;
}

function putInLine(
  { upload, ageMs }: UploadIncoming,
  sender: string,
  { ledger, memberUploadsPerMinute, clock }: UploadDeps,
): { isKnown: boolean; replies: Reply[] } {
  const { jobs, members } = ledger;
  const nowMs = clock();
  // Whatever calls itself neither document nor picture is likely to be ignored without a word.
  const isLimited = memberUploadsPerMinute !== null && claimsToBeDocument(upload);
  const turn = isLimited ? memberTurn(members.turnAtMs(sender), nowMs, memberUploadsPerMinute) : null;
  const dueAtMs = turn ? turn.dueAtMs : null;
  const times = { postedAtMs: nowMs - ageMs, receivedAtMs: nowMs, dueAtMs };
  const isKnown = (upload.isAsked ? jobs.ask(upload, times) : jobs.insert(upload, times)) === 'known';
  if (isKnown || !turn) return { isKnown, replies: [] };
  members.setTurn(sender, turn.turnAtMs);
  const { roomId, eventId } = upload;
  return {
    isKnown,
    replies: dueAtMs === null ? [] : [slowed(roomId, sender, eventId, memberUploadsPerMinute ?? 0, nowMs)],
  };
}

/** Whoever asks for a file that has ended is shown where its answer stands, once a file; of an open job there is 👀 already. */
function alreadyAnswered({ roomId, eventId }: Upload, askEventId: string, { ledger }: UploadDeps): Reply[] {
  const state = ledger.jobs.get(eventId)?.state;
  if (state !== 'done' && state !== 'refused' && state !== 'failed') return [];
  return [notice(roomId, `again ${eventId}`, 'answer', replyNotice(renderAlreadyAnswered(state), askEventId))];
}
