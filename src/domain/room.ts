// Owns what the members of a room can set for it.

/** auto: every PDF and picture; documents: PDFs, and pictures when asked; mention: only when asked. */
export const ROOM_MODES = ['auto', 'documents', 'mention'] as const;
export type RoomMode = (typeof ROOM_MODES)[number];

/** What a room has set; null: the operator's default. */
export type RoomSettings = { mode: RoomMode | null; profile: string | null };
