// Owns the signs of work that are no messages: read receipt and typing, once a room however many jobs it has at work.
import { toAppError } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import { type Transport, TYPING_MS } from './transport.ts';

export type WorkingSigns = {
  /** A job of the room is at work on this upload. */
  begin(upload: Upload): void;
  /** It is no more; does nothing for one that never began. */
  end(upload: Upload): void;
  /** Shows nothing more. */
  stop(): void;
};

type Upload = { roomId: string; eventId: string };

type Room = {
  atWork: Set<string>;
  /** The latest upload without a receipt; those before it are read with it. */
  unread: string | null;
  readTimer: NodeJS.Timeout | undefined;
  isTyping: boolean;
  typingTimer: NodeJS.Timeout | undefined;
  /** One request after the other, so that the last word counts. */
  tail: Promise<void>;
};

/** Members see an answer that comes sooner instead, and what it needs of the homeserver goes first. */
const SHOW_AFTER_MS = 300;
const TYPING_AGAIN_MS = TYPING_MS - 5_000;

/** Best effort: a homeserver that refuses these signs takes nothing from an answer. */
export function createWorkingSigns(transport: Pick<Transport, 'markRead' | 'showTyping'>, log: Log): WorkingSigns {
  const rooms = new Map<string, Room>();
  let isStopped = false;

  const tell = (room: Room, request: () => Promise<void>): void => {
    room.tail = room.tail
      .then(request)
      .catch((error) => log.debug({ reason: toAppError(error).message }, 'receipt or typing not shown'));
  };

  const markRead = (roomId: string, room: Room): void => {
    const { unread } = room;
    room.unread = null;
    if (unread !== null) tell(room, () => transport.markRead(roomId, unread));
    if (room.atWork.size === 0) rooms.delete(roomId);
  };

  const type = (roomId: string, room: Room): void => {
    room.isTyping = true;
    tell(room, () => transport.showTyping(roomId, true));
    room.typingTimer = setTimeout(() => type(roomId, room), TYPING_AGAIN_MS).unref();
  };

  const endTyping = (roomId: string, room: Room): void => {
    clearTimeout(room.typingTimer);
    room.typingTimer = undefined;
    if (room.isTyping) tell(room, () => transport.showTyping(roomId, false));
    room.isTyping = false;
    if (room.unread === null) rooms.delete(roomId);
  };

  return {
    begin({ roomId, eventId }) {
      if (isStopped) return;
      const room = rooms.get(roomId) ?? newRoom();
      rooms.set(roomId, room);
      room.atWork.add(eventId);
      if (room.unread === null) room.readTimer = setTimeout(() => markRead(roomId, room), SHOW_AFTER_MS).unref();
      room.unread = eventId;
      room.typingTimer ??= setTimeout(() => type(roomId, room), SHOW_AFTER_MS).unref();
    },
    end({ roomId, eventId }) {
      const room = rooms.get(roomId);
      if (room?.atWork.delete(eventId) && room.atWork.size === 0) endTyping(roomId, room);
    },
    stop() {
      isStopped = true;
      for (const { readTimer, typingTimer } of rooms.values()) {
        clearTimeout(readTimer);
        clearTimeout(typingTimer);
      }
      rooms.clear();
    },
  };
}

function newRoom(): Room {
  return {
    atWork: new Set(),
    unread: null,
    readTimer: undefined,
    isTyping: false,
    typingTimer: undefined,
    tail: Promise.resolve(),
  };
}
