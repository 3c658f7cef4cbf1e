// Owns the count of what is in memory and on disk: jobs and downloads by room, bytes of files.

/** Room for the jobs of one room: in memory (being fetched, in line, at work) and among the downloads. */
export type RoomBounds = { jobs: number; downloads: number };

type Held = { jobs: number; downloads: number };

export class Holdings {
  readonly #rooms = new Map<string, Held>();
  #downloads = 0;
  #spoolBytes = 0;

  get downloads(): number {
    return this.#downloads;
  }

  /** Bytes of the files that lie complete on disk. */
  get spoolBytes(): number {
    return this.#spoolBytes;
  }

  /** Rooms that have as much as they may. */
  full(bounds: RoomBounds): Set<string> {
    const isFull = ({ jobs, downloads }: Held) => jobs >= bounds.jobs || downloads >= bounds.downloads;
    return new Set([...this.#rooms].filter(([, held]) => isFull(held)).map(([roomId]) => roomId));
  }

  /** A download begins. */
  begin(roomId: string): void {
    this.#downloads += 1;
    this.#change(roomId, { jobs: 1, downloads: 1 });
  }

  /** A download has ended; `bytes` null: nothing came of it. */
  arrive(roomId: string, bytes: number | null): void {
    this.#downloads -= 1;
    this.#spoolBytes += bytes ?? 0;
    this.#change(roomId, { jobs: bytes === null ? -1 : 0, downloads: -1 });
  }

  /** A job is over and its file is gone. */
  leave(roomId: string, bytes: number): void {
    this.#spoolBytes -= bytes;
    this.#change(roomId, { jobs: -1, downloads: 0 });
  }

  #change(roomId: string, by: Held): void {
    const before = this.#rooms.get(roomId) ?? { jobs: 0, downloads: 0 };
    const held = { jobs: before.jobs + by.jobs, downloads: before.downloads + by.downloads };
    if (held.jobs > 0) this.#rooms.set(roomId, held);
    else this.#rooms.delete(roomId);
  }
}
