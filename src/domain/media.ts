// Owns what an upload is, and how the kind of a file is told from its first bytes.

export type MediaKind = 'pdf' | 'image';

/** A file that a member posted in a room, as its event tells it (nothing here is verified yet). */
export type Upload = {
  eventId: string;
  roomId: string;
  sender: string;
  /** The event that the answer's thread hangs on: the upload itself, or the root of the thread it was posted in. */
  threadRootId: string;
  fileName: string;
  caption: string | undefined;
  /** `mxc://server/mediaId`. */
  mxcUri: string;
  declaredMime: string | undefined;
  declaredBytes: number | undefined;
  sentAtMs: number;
  /** Posted as a picture (m.image), whatever it is. */
  isPicture: boolean;
  /** Somebody asked for it: the caption, or a reply to it, mentions the bot. */
  isAsked: boolean;
};

/** Bytes of a file's head that `kindOf` wants to see: readers of PDF accept the header anywhere in the first 1024. */
export const HEAD_BYTES = 1024;

/** The kind of a file by its content (never by name or declared type); null: neither a document nor a picture we read. */
export function kindOf(head: Uint8Array): MediaKind | null {
  const start = Buffer.from(head.buffer, head.byteOffset, Math.min(head.byteLength, HEAD_BYTES));
  return start.includes('%PDF-') ? 'pdf' : null;
}

/** Whether the sender called it a PDF, so that a file that is none deserves a sentence instead of silence. */
export function claimsToBeDocument(upload: Pick<Upload, 'fileName' | 'declaredMime'>): boolean {
  return upload.declaredMime === 'application/pdf' || upload.fileName.toLowerCase().endsWith('.pdf');
}
