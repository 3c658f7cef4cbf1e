// Owns the way of a sync into the ledger: every event of it and its token in one transaction, nothing slow.
import type { Command, Incoming, SyncBatch } from '../domain/incoming.ts';
import type { Ledger } from '../domain/ledger.ts';
import type { Upload } from '../domain/media.ts';
import type { Reply } from '../domain/reply.ts';
import { type Access, matchesAny } from './access.ts';
import { type CommandDeps, obey, placeOf } from './commands.ts';
import { replyNotice, roomNotice, threadNotice } from './content.ts';
import { decideInvite, decideReplacement, decideUpload, ENCRYPTED_REASON } from './decide.ts';
import { type RoomFacts, renderAlreadyAnswered, renderDenied, renderModelChange, renderWelcome } from './renderRoom.ts';
import { retraction } from './replies.ts';

export type ReceiveDeps = CommandDeps & { ledger: Ledger; access: Access; clock(): number };

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
      // Whoever invites it again is greeted with what counts then.
      rooms.setSettings(incoming.roomId, { mode: null, profile: null });
      received.cancelledJobs.push(...jobs.cancelRoom(incoming.roomId));
      replies.dropRoom(incoming.roomId);
      break;
    case 'replaced':
      if (decideReplacement(incoming, rooms.state(incoming.replacementRoomId), deps.access).do === 'join') {
        rooms.set(incoming.replacementRoomId, 'invited');
        rooms.setSettings(incoming.replacementRoomId, rooms.settings(incoming.roomId));
      }
      break;
    case 'redaction':
      takeBack(incoming.roomId, incoming.redactedEventId, deps, received);
      break;
    case 'upload':
      receiveUpload(incoming, deps, received);
      break;
    case 'command':
      if (rooms.state(incoming.command.roomId) === 'joined') receiveCommand(incoming.command, deps, received);
      break;
  }
}

function receiveUpload(
  { upload, ageMs, askedBy }: Extract<Incoming, { kind: 'upload' }>,
  deps: ReceiveDeps,
  received: Received,
): void {
  const { rooms, jobs } = deps.ledger;
  const { roomId, eventId } = upload;
  const sender = askedBy?.sender ?? upload.sender;
  const { mode } = placeOf(roomId, deps);
  const decision = decideUpload({ ...upload, sender }, rooms.state(roomId), deps.access, mode);
  if (decision.do === 'deny') {
    received.replies.push(denied(roomId, sender, askedBy?.eventId ?? eventId));
  } else if (decision.do === 'accept') {
    const nowMs = deps.clock();
    const times = { postedAtMs: nowMs - ageMs, receivedAtMs: nowMs };
    if (upload.isAsked) {
      const isKnown = jobs.ask(upload, times) === 'known';
      if (isKnown && askedBy) received.replies.push(...alreadyAnswered(upload, askedBy.eventId, deps));
    } else jobs.insert(upload, times);
  }
}

/** Whoever asks for a file that has ended is shown where its answer stands, once a file; of an open job there is 👀 already. */
function alreadyAnswered({ roomId, eventId }: Upload, askEventId: string, { ledger }: ReceiveDeps): Reply[] {
  const state = ledger.jobs.get(eventId)?.state;
  if (state !== 'done' && state !== 'refused' && state !== 'failed') return [];
  return [notice(roomId, `again ${eventId}`, 'answer', replyNotice(renderAlreadyAnswered(state), askEventId))];
}

/** A redacted upload: its job stops, and whatever was said about it is taken back. */
function takeBack(roomId: string, uploadId: string, deps: ReceiveDeps, received: Received): void {
  const { jobs, replies } = deps.ledger;
  const row = jobs.get(uploadId);
  if (row?.upload.roomId !== roomId) return;
  // The message that speaks of this upload goes; the others that it speaks of are answered anew.
  for (const eventId of replies.answeredWith(uploadId)) {
    received.cancelledJobs.push(eventId);
    for (const sentId of replies.takeBack(eventId)) received.replies.push(retraction(roomId, sentId));
    jobs.again(eventId);
  }
  jobs.cancel(uploadId);
  for (const reply of replies.unsentOf(uploadId)) replies.drop(reply);
  for (const eventId of replies.sentFor(uploadId)) received.replies.push(retraction(roomId, eventId));
  received.cancelledJobs.push(uploadId);
}

/** Saves a notice for each room when its text or pictures go elsewhere than it was told; once a change. */
export function tellModelChange({
  ledger,
  roomFacts,
  clock,
}: Pick<ReceiveDeps, 'ledger' | 'roomFacts' | 'clock'>): void {
  const facts = roomFacts();
  const goesTo = destination(facts);
  ledger.transaction(() => {
    const told = ledger.rooms.toldModelHost();
    if (told === goesTo) return;
    ledger.rooms.setToldModelHost(goesTo);
    if (told === null) return;
    for (const roomId of ledger.rooms.joined()) {
      const content = roomNotice(renderModelChange(facts));
      ledger.replies.save(notice(roomId, `model ${roomId} ${clock()}`, 'welcome', content));
    }
  });
}

/** Rooms that were told of a host before pictures went there are told of the pictures. */
function destination({ modelHost, vision }: RoomFacts): string {
  if (modelHost === null) return '';
  return vision === 'no' ? modelHost : `${modelHost} with pictures`;
}

/** Keyed by the sync that showed the join, so that each join is greeted once. */
function welcome(roomId: string, nextBatch: string, deps: ReceiveDeps): Reply {
  const rendered = renderWelcome(deps.roomFacts(), placeOf(roomId, deps));
  return notice(roomId, `welcome ${roomId} ${nextBatch}`, 'welcome', roomNotice(rendered));
}

/** Keyed by room and member, so that each member is told once a room. */
function denied(roomId: string, sender: string, eventId: string): Reply {
  return notice(roomId, `denied ${roomId} ${sender}`, 'denied', replyNotice(renderDenied(), eventId));
}

/** A command that was answered before (its sync came twice) is not obeyed again: the room may have set something else since. */
function receiveCommand(command: Command, deps: ReceiveDeps, received: Received): void {
  const { roomId, sender, eventId, threadRootId } = command;
  if (!deps.access.isAllowedUser(sender) && !matchesAny(deps.admins, sender)) {
    received.replies.push(denied(roomId, sender, eventId));
    return;
  }
  if (deps.ledger.replies.find(eventId, 'answer')) return;
  const rendered = obey(command, deps);
  const place = { rootId: threadRootId ?? eventId, replyToId: eventId };
  const content = threadRootId ? threadNotice(rendered, place) : replyNotice(rendered, eventId);
  received.replies.push(notice(roomId, eventId, 'answer', content));
}

function notice(roomId: string, sourceEventId: string, part: Reply['part'], content: Record<string, unknown>): Reply {
  return { roomId, sourceEventId, part, body: { kind: 'message', content }, optional: false };
}
