// Owns the way of a sync into the ledger: every event of it and its token in one transaction, nothing slow.
import type { Command, Incoming, SyncBatch } from '../domain/incoming.ts';
import type { Ledger } from '../domain/ledger.ts';
import type { Upload } from '../domain/media.ts';
import type { Reply } from '../domain/reply.ts';
import type { Access } from './access.ts';
import { type Rendered, replyNotice, roomNotice, threadNotice } from './content.ts';
import { decideInvite, decideReplacement, decideUpload, ENCRYPTED_REASON } from './decide.ts';
import {
  type RoomFacts,
  renderDenied,
  renderHelp,
  renderModelChange,
  renderStatusReport,
  renderUnknownCommand,
  renderWelcome,
  type StatusFacts,
} from './renderRoom.ts';
import { retraction } from './replies.ts';

export type ReceiveDeps = {
  ledger: Ledger;
  access: Access;
  roomFacts: RoomFacts;
  statusFacts(): StatusFacts;
  clock(): number;
};

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
      if (incoming.isNew) received.replies.push(welcome(incoming.roomId, nextBatch, deps));
      break;
    case 'encrypted':
      rooms.set(incoming.roomId, 'unwanted', ENCRYPTED_REASON);
      // What waits to be said would be said in clear.
      received.cancelledJobs.push(...jobs.cancelRoom(incoming.roomId));
      replies.dropRoom(incoming.roomId);
      break;
    case 'left':
      rooms.set(incoming.roomId, 'left');
      received.cancelledJobs.push(...jobs.cancelRoom(incoming.roomId));
      replies.dropRoom(incoming.roomId);
      break;
    case 'replaced':
      if (decideReplacement(incoming, rooms.state(incoming.replacementRoomId), deps.access).do === 'join') {
        rooms.set(incoming.replacementRoomId, 'invited');
      }
      break;
    case 'redaction':
      takeBack(incoming.roomId, incoming.redactedEventId, deps, received);
      break;
    case 'upload':
      receiveUpload(incoming.upload, incoming.ageMs, deps, received);
      break;
    case 'command':
      if (rooms.state(incoming.command.roomId) === 'joined')
        received.replies.push(commandReply(incoming.command, deps));
      break;
  }
}

function receiveUpload(upload: Upload, ageMs: number, deps: ReceiveDeps, received: Received): void {
  const { rooms, jobs } = deps.ledger;
  const decision = decideUpload(upload, rooms.state(upload.roomId), deps.access);
  if (decision.do === 'deny') {
    received.replies.push(denied(upload.roomId, upload.sender, upload.eventId));
  } else if (decision.do === 'accept') {
    const nowMs = deps.clock();
    jobs.insert(upload, { postedAtMs: nowMs - ageMs, receivedAtMs: nowMs });
  }
}

/** A redacted upload: its job stops, and whatever was said about it is taken back. */
function takeBack(roomId: string, uploadId: string, deps: ReceiveDeps, received: Received): void {
  const { jobs, replies } = deps.ledger;
  const row = jobs.get(uploadId);
  if (row?.upload.roomId !== roomId) return;
  jobs.cancel(uploadId);
  for (const reply of replies.unsentOf(uploadId)) replies.drop(reply);
  for (const eventId of replies.sentFor(uploadId)) received.replies.push(retraction(roomId, eventId));
  received.cancelledJobs.push(uploadId);
}

/** Saves a notice for each room when its text goes elsewhere than it was told; once a change. */
export function tellModelChange({
  ledger,
  roomFacts,
  clock,
}: Pick<ReceiveDeps, 'ledger' | 'roomFacts' | 'clock'>): void {
  const host = roomFacts.modelHost ?? '';
  ledger.transaction(() => {
    const told = ledger.rooms.toldModelHost();
    if (told === host) return;
    ledger.rooms.setToldModelHost(host);
    if (told === null) return;
    for (const roomId of ledger.rooms.joined()) {
      const content = roomNotice(renderModelChange(roomFacts));
      ledger.replies.save(notice(roomId, `model ${roomId} ${clock()}`, 'welcome', content));
    }
  });
}

/** Keyed by the sync that showed the join, so that each join is greeted once. */
function welcome(roomId: string, nextBatch: string, deps: ReceiveDeps): Reply {
  return notice(roomId, `welcome ${roomId} ${nextBatch}`, 'welcome', roomNotice(renderWelcome(deps.roomFacts)));
}

/** Keyed by room and member, so that each member is told once a room. */
function denied(roomId: string, sender: string, eventId: string): Reply {
  return notice(roomId, `denied ${roomId} ${sender}`, 'denied', replyNotice(renderDenied(), eventId));
}

function commandReply(command: Command, deps: ReceiveDeps): Reply {
  const { roomId, sender, eventId, threadRootId } = command;
  if (!deps.access.isAllowedUser(sender)) return denied(roomId, sender, eventId);
  const rendered = commandAnswer(command, deps);
  const place = { rootId: threadRootId ?? eventId, replyToId: eventId };
  const content = threadRootId ? threadNotice(rendered, place) : replyNotice(rendered, eventId);
  return notice(roomId, eventId, 'answer', content);
}

function commandAnswer({ words }: Command, deps: ReceiveDeps): Rendered {
  const word = words[0] ?? 'help';
  if (word === 'help') return renderHelp(deps.roomFacts);
  if (word === 'status') return renderStatusReport(deps.statusFacts());
  return renderUnknownCommand(word);
}

function notice(roomId: string, sourceEventId: string, part: Reply['part'], content: Record<string, unknown>): Reply {
  return { roomId, sourceEventId, part, body: { kind: 'message', content }, optional: false };
}
