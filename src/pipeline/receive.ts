// Owns the way of a sync into the ledger: every event of it and its token in one transaction, nothing slow.
import type { Command, Incoming, SyncBatch } from '../domain/incoming.ts';
import type { Reply } from '../domain/reply.ts';
import { matchesAny } from './access.ts';
import { obey } from './commands.ts';
import { replyNotice, threadNotice } from './content.ts';
import { decideInvite, decideReplacement, ENCRYPTED_REASON, isServed } from './decide.ts';
import { forgetRoom } from './forgetRoom.ts';
import { receiveUpload, type UploadDeps } from './receiveUpload.ts';
import { denied, notice, welcome } from './roomNotices.ts';
import { forgetUpload } from './takeBack.ts';
import { tryAgainByReaction } from './tryAgain.ts';

export type ReceiveDeps = UploadDeps;

/** What is to be done once the batch is stored; all of it is in the ledger, too, and would be done after a restart. */
export type Received = { cancelledJobs: string[]; replies: Reply[] };

/** Stores the batch. Throws what the ledger throws; nothing of the batch is stored then. */
export function receive(batch: SyncBatch, deps: ReceiveDeps): Received {
  if (batch.incoming.length === 0) {
    // Lector's own messages, mostly: nothing is promised, so nothing waits for the disk.
    deps.ledger.sync.setToken(batch.nextBatch);
    return { cancelledJobs: [], replies: [] };
  }
  return deps.ledger.transaction(() => {
    const received: Received = { cancelledJobs: [], replies: [] };
    for (const incoming of batch.incoming) receiveOne(incoming, batch.nextBatch, deps, received);
    received.replies = received.replies.filter((reply) => deps.ledger.replies.save(reply) === 'saved');
    deps.ledger.sync.setToken(batch.nextBatch);
    return received;
  });
}

function receiveOne(incoming: Incoming, nextBatch: string, deps: ReceiveDeps, received: Received): void {
  const { rooms, jobs, replies } = deps.ledger;
  const serves = (roomId: string) => isServed(roomId, rooms.state(roomId), deps.access);
  switch (incoming.kind) {
    case 'invite': {
      const decision = decideInvite(incoming, deps.access);
      if (decision.do === 'join') rooms.set(incoming.roomId, 'invited');
      else rooms.set(incoming.roomId, 'unwanted', decision.reason);
      break;
    }
    case 'joined':
      // A room that is being left can still show up in a sync.
      if (rooms.state(incoming.roomId) === 'unwanted') break;
      rooms.set(incoming.roomId, 'joined');
      if (incoming.isNew && serves(incoming.roomId)) received.replies.push(welcome(incoming.roomId, nextBatch, deps));
      break;
    case 'encrypted':
      rooms.set(incoming.roomId, 'unwanted', ENCRYPTED_REASON);
      // What waits to be said would be said in clear.
      received.cancelledJobs.push(...jobs.cancelRoom(incoming.roomId));
      replies.dropRoom(incoming.roomId);
      break;
    case 'left':
      rooms.set(incoming.roomId, 'left');
      // Whoever invites it again is greeted with what counts then.
      rooms.setSettings(incoming.roomId, { mode: null, profile: null });
      received.cancelledJobs.push(...deps.ledger.wipeRoom(incoming.roomId, null));
      replies.dropRoom(incoming.roomId);
      break;
    case 'replaced':
      if (decideReplacement(incoming, rooms.state(incoming.replacementRoomId), deps.access).do === 'join') {
        rooms.set(incoming.replacementRoomId, 'invited');
        rooms.setSettings(incoming.replacementRoomId, rooms.settings(incoming.roomId));
      }
      break;
    case 'redaction':
      add(received, forgetUpload(incoming.roomId, incoming.redactedEventId, deps));
      break;
    case 'upload':
      received.replies.push(...receiveUpload(incoming, deps));
      break;
    case 'retry':
      if (serves(incoming.roomId) && deps.access.isAllowedUser(incoming.sender)) {
        received.replies.push(...tryAgainByReaction(incoming, deps).saidOf);
      }
      break;
    case 'command':
      if (serves(incoming.command.roomId)) receiveCommand(incoming.command, deps, received);
      break;
  }
}

function add(received: Received, more: Received | null): void {
  received.cancelledJobs.push(...(more?.cancelledJobs ?? []));
  received.replies.push(...(more?.replies ?? []));
}

/** A command that was answered before (its sync came twice) is not obeyed again: the room may have set something else since. */
function receiveCommand(command: Command, deps: ReceiveDeps, received: Received): void {
  const { roomId, sender, eventId, threadRootId } = command;
  if (!deps.access.isAllowedUser(sender) && !matchesAny(deps.admins, sender)) {
    received.replies.push(denied(roomId, sender, eventId));
    return;
  }
  if (deps.ledger.replies.find(eventId, 'answer')) return;
  const { rendered, replies, forgetsRoom } = obey(command, deps);
  const place = { rootId: threadRootId ?? eventId, replyToId: eventId };
  const content = threadRootId ? threadNotice(rendered, place) : replyNotice(rendered, eventId);
  const answer = notice(roomId, eventId, 'answer', content);
  if (forgetsRoom) add(received, forgetRoom(roomId, answer, deps));
  else received.replies.push(...replies, answer);
}
