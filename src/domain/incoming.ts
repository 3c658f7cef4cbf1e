// Owns what one sync tells Lector, in its own words: nothing past matrix/ knows the shape of a raw event.
import type { Upload } from './media.ts';

/** A member's text that begins with `!lector`. */
export type Command = {
  eventId: string;
  roomId: string;
  sender: string;
  threadRootId: string | undefined;
  /** The event that it replies to; what a client without threads is shown in its place does not count. */
  replyToId?: string;
  /** Whether the sender may change the room's settings; `unknown`: the homeserver could not be asked, or the command needs no such right. */
  isRoomAdmin: 'yes' | 'no' | 'unknown';
  /** What stands after `!lector`, in lower case: `['help']`. */
  words: string[];
};

/** Whether a command changes something that is the room's: `mode NAME`, `profile NAME`, `forget`. */
export function needsRoomAdmin([command, value]: readonly string[]): boolean {
  return command === 'forget' || ((command === 'mode' || command === 'profile') && value !== undefined);
}

export type Incoming =
  /** `askedBy`: the message that asks for the upload, when it is not the upload itself; `ageMs` is then the age of that message. */
  | { kind: 'upload'; upload: Upload; ageMs: number; askedBy?: { sender: string; eventId: string } }
  | { kind: 'command'; command: Command }
  | { kind: 'redaction'; roomId: string; redactedEventId: string }
  /** A 🔁 on an event: its own upload, or what Lector said of it. */
  | { kind: 'retry'; eventId: string; roomId: string; sender: string; targetEventId: string }
  | { kind: 'invite'; roomId: string; inviter: string; encrypted: boolean }
  /** The bot is in the room since this sync; `isNew: false`: it was there before the ledger began. */
  | { kind: 'joined'; roomId: string; isNew: boolean }
  | { kind: 'left'; roomId: string }
  | { kind: 'encrypted'; roomId: string }
  | { kind: 'replaced'; roomId: string; replacementRoomId: string; sender: string };

export type SyncBatch = { nextBatch: string; incoming: Incoming[] };
