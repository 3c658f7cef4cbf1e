// Owns whose turn it is among the jobs of one priority: rooms in turn, the members of a room in turn, then the oldest job.
import type { DatabaseSync } from 'node:sqlite';

export type Turn = { seq: number; level: number; roomId: string; sender: string };

/** Rooms whose last served member is remembered; a room that is forgotten begins with its first member again. */
const MAX_REMEMBERED_ROOMS = 10_000;

/**
 * Goes round by key: the next room is the one whose id follows that of the last served, so that a turn costs a few seeks on an index
 * however many jobs wait, and rooms that come and go change nothing for the others. What was served last is kept in memory only.
 */
export class Turns {
  readonly #lastRoom = new Map<number, string>();
  readonly #lastSender = new Map<string, string>();
  readonly #roomAfter;
  readonly #roomUpTo;
  readonly #jobOfSenderAfter;
  readonly #jobOfFirstSender;

  constructor(db: DatabaseSync) {
    const inLine = `FROM jobs INDEXED BY jobs_in_line WHERE state = 'received' AND priority = ?`;
    this.#roomAfter = db.prepare(`SELECT room_id ${inLine} AND room_id > ? ORDER BY room_id LIMIT 1`);
    this.#roomUpTo = db.prepare(`SELECT room_id ${inLine} AND room_id > ? AND room_id <= ? ORDER BY room_id LIMIT 1`);
    this.#jobOfSenderAfter = db.prepare(
      `SELECT seq, sender ${inLine} AND room_id = ? AND sender > ? ORDER BY sender, seq LIMIT 1`,
    );
    this.#jobOfFirstSender = db.prepare(`SELECT seq, sender ${inLine} AND room_id = ? ORDER BY sender, seq LIMIT 1`);
  }

  /** The job whose turn it is on this level, outside of the full rooms; asking changes nothing. */
  next(level: number, fullRooms: ReadonlySet<string>): Turn | null {
    const roomId = this.#nextRoom(level, fullRooms);
    if (roomId === null) return null;
    const last = this.#lastSender.get(roomId) ?? '';
    const job = this.#jobOfSenderAfter.get(level, roomId, last) ?? this.#jobOfFirstSender.get(level, roomId);
    return job ? { seq: Number(job.seq), sender: String(job.sender), level, roomId } : null;
  }

  /** Remembers who was served. */
  took({ level, roomId, sender }: Turn): void {
    this.#lastRoom.set(level, roomId);
    this.#lastSender.delete(roomId);
    this.#lastSender.set(roomId, sender);
    const [oldest] = this.#lastSender.keys();
    if (this.#lastSender.size > MAX_REMEMBERED_ROOMS && oldest !== undefined) this.#lastSender.delete(oldest);
  }

  #nextRoom(level: number, fullRooms: ReadonlySet<string>): string | null {
    const last = this.#lastRoom.get(level) ?? '';
    return (
      firstNotFull(last, fullRooms, (after) => this.#roomAfter.get(level, after)) ??
      firstNotFull('', fullRooms, (after) => this.#roomUpTo.get(level, after, last))
    );
  }
}

function firstNotFull(
  start: string,
  fullRooms: ReadonlySet<string>,
  roomAfter: (after: string) => Record<string, unknown> | undefined,
): string | null {
  for (let row = roomAfter(start); row; row = roomAfter(String(row.room_id))) {
    if (!fullRooms.has(String(row.room_id))) return String(row.room_id);
  }
  return null;
}
