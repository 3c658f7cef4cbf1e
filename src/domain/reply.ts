// Owns what Lector sends to a room and the transaction id that makes sending it again harmless.
import { createHash } from 'node:crypto';

/** One reply of a source event; together with the source's id it is the key of what was sent. */
export type ReplyPart =
  | 'answer'
  | 'text'
  | 'fields'
  /** What a later, quiet attempt found: an edit of the answer. */
  | 'revised'
  | 'mark_again'
  | 'mark_gone'
  | 'fields_again'
  | 'fields_gone'
  | 'status'
  | 'status_gone'
  | 'taken'
  | 'mark'
  | 'welcome'
  | 'denied'
  | 'retracted';

export type ReplyBody =
  | { kind: 'message'; content: Record<string, unknown> }
  | { kind: 'reaction'; content: Record<string, unknown> }
  | { kind: 'redaction'; redactedEventId: string }
  /** Redacts whatever Lector has sent that relates to an event: reactions, edits, answers in its thread that name it. */
  | {
      kind: 'sweep';
      relatedEventId: string;
      /** What is redacted by replies of its own. */
      exceptIds?: string[];
      /** Of these only the one that was sent under this id, and edits of it. */
      onlyTransactionId?: string;
    }
  /** The answer stands in that of another upload; it is sent there, and goes when this upload is redacted. */
  | { kind: 'shared'; withEventId: string };

export type Reply = {
  roomId: string;
  sourceEventId: string;
  part: ReplyPart;
  body: ReplyBody;
  /** When it was saved, in milliseconds since 1970; the ledger fills it in, and 0 means that it does not know. */
  savedAtMs?: number;
  /**
   * How often what was said for its source had been taken back when it was saved; the ledger fills it in. Said again in the same
   * words, it is a new event all the same.
   */
  takenBack?: number;
  /** Optional replies (reactions, clean-up) wait until answers leave room for them. */
  optional: boolean;
};

/** Names a reply of the ledger: whatever waits holds this, and no text. */
export type ReplyKey = Pick<Reply, 'roomId' | 'sourceEventId' | 'part' | 'takenBack'>;

/** What is said anew, in other words, when it was taken back: uploads answered together of which one was redacted. */
const SAID_ANEW: readonly ReplyPart[] = ['answer', 'text', 'fields', 'mark', 'revised', 'mark_again', 'fields_again'];

/**
 * The transaction id of a reply: the same reply gives the same id, in every life of the process, since it is saved before it is sent. Homeservers answer a
 * repeated id with the first event's id (client-server API, "transaction identifiers").
 */
export function transactionId(
  reply: Pick<Reply, 'sourceEventId' | 'part' | 'body' | 'takenBack'>,
  revision = 0,
): string {
  const { sourceEventId, part, body, takenBack = 0 } = reply;
  const words = SAID_ANEW.includes(part) ? JSON.stringify(body) : '';
  const again = takenBack > 0 ? `\n${takenBack}` : '';
  const said = `${sourceEventId}\n${part}\n${revision}\n${words}${again}`;
  const hash = createHash('sha256').update(said).digest('base64url');
  return `lector-${hash.slice(0, 32)}`;
}
