// Owns all rooms of the playground.
import { forbidden } from './errors.ts';
import { newRoomId } from './events.ts';
import type { Feed } from './feed.ts';
import { Room } from './room.ts';

export class Rooms {
  readonly #rooms = new Map<string, Room>();
  readonly #feed: Feed;
  readonly #nowMs: () => number;
  readonly #serverName: string;

  constructor(serverName: string, feed: Feed, nowMs: () => number) {
    this.#serverName = serverName;
    this.#feed = feed;
    this.#nowMs = nowMs;
  }

  open(): Room {
    const room = new Room(newRoomId(this.#serverName), this.#feed, this.#nowMs);
    this.#rooms.set(room.id, room);
    return room;
  }

  all(): Room[] {
    return [...this.#rooms.values()];
  }

  find(roomId: string): Room | undefined {
    return this.#rooms.get(roomId);
  }

  /** The room, if the user is joined; otherwise throws 403: nobody learns whether a room exists. */
  joined(roomId: string, userId: string): Room {
    const room = this.find(roomId);
    if (!room) throw forbidden(`User ${userId} not in room ${roomId}`);
    room.demandJoined(userId);
    return room;
  }

  joinedBy(userId: string): Room[] {
    return this.all().filter((room) => room.membership(userId) === 'join');
  }
}
