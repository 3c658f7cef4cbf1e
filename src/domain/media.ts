// Owns what an upload is, and what its sender calls it.

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

/** What the sender called the file, by its event alone; null: neither document nor picture. */
export function claimedKind(upload: Pick<Upload, 'fileName' | 'declaredMime' | 'isPicture'>): MediaKind | null {
  const mime = upload.declaredMime?.toLowerCase() ?? '';
  if (mime === 'application/pdf' || upload.fileName.toLowerCase().endsWith('.pdf')) return 'pdf';
  return upload.isPicture || mime.startsWith('image/') ? 'image' : null;
}

/** Whether the sender called it a PDF or a picture, so that a file that is neither deserves a sentence instead of silence. */
export function claimsToBeDocument(upload: Pick<Upload, 'fileName' | 'declaredMime' | 'isPicture'>): boolean {
  return claimedKind(upload) !== null;
}
