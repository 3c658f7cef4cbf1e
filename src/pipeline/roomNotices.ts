// Owns the notices to a room that are no answer to an upload, and the keys under which each is said once.
import type { Ledger } from '../domain/ledger.ts';
import type { Reply } from '../domain/reply.ts';
import { type CommandDeps, placeOf } from './commands.ts';
import { replyNotice, roomNotice } from './content.ts';
import { type RoomFacts, renderDenied, renderModelChange, renderSlowed, renderWelcome } from './renderRoom.ts';

/** A notice under a key: one source and part is said once. */
export function notice(
  roomId: string,
  sourceEventId: string,
  part: Reply['part'],
  content: Record<string, unknown>,
): Reply {
  return { roomId, sourceEventId, part, body: { kind: 'message', content }, optional: false };
}

/** Keyed by the sync that showed the join, so that each join is greeted once. */
export function welcome(roomId: string, nextBatch: string, deps: CommandDeps): Reply {
  const rendered = renderWelcome(deps.roomFacts(), placeOf(roomId, deps));
  return notice(roomId, `welcome ${roomId} ${nextBatch}`, 'welcome', roomNotice(rendered));
}

/** Keyed by room and member, so that each member is told once a room. */
export function denied(roomId: string, sender: string, eventId: string): Reply {
  return notice(roomId, `denied ${roomId} ${sender}`, 'denied', replyNotice(renderDenied(), eventId));
}

const DAY_MS = 86_400_000;

/** That uploads wait for their member's turn; keyed by room, member and day. */
export function slowed(roomId: string, sender: string, eventId: string, perMinute: number, nowMs: number): Reply {
  const key = `slowed ${roomId} ${sender} ${Math.floor(nowMs / DAY_MS)}`;
  return notice(roomId, key, 'denied', replyNotice(renderSlowed(perMinute), eventId));
}

export type ModelChangeDeps = Pick<CommandDeps, 'roomFacts'> & { ledger: Ledger; clock(): number };

/** Saves a notice for each room when its text or pictures go elsewhere than it was told; once a change. */
export function tellModelChange({ ledger, roomFacts, clock }: ModelChangeDeps): void {
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
