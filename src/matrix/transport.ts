// Owns the requests that change a room: sends with our transaction ids, joins, leaves, receipts and typing.
import type { MatrixClient } from 'matrix-bot-sdk';
import { type Reply, transactionId } from '../domain/reply.ts';
import { withSignal } from './http.ts';
import { madeEventId } from './shapes.ts';
import { sweep } from './sweep.ts';

export type Transport = {
  /**
   * Sends a reply (revision 0, or a later edit of the same part) and returns its event id; repeating it is harmless. A sweep makes
   * many events: its id is made up, and that of none.
   */
  put(reply: Reply, revision: number): Promise<string>;
  join(roomId: string): Promise<void>;
  leave(roomId: string, reason: string): Promise<void>;
  /** Marks the room as read up to this event. */
  markRead(roomId: string, eventId: string): Promise<void>;
  /** `true` holds for `TYPING_MS`. */
  showTyping(roomId: string, isTyping: boolean): Promise<void>;
};

export const TYPING_MS = 30_000;
/** Joining a large remote room can take minutes. */
const JOIN_TIMEOUT_MS = 300_000;

/** The requests of one account; all of them end when `signal` aborts. */
export function createTransport(client: MatrixClient, selfId: string, signal: AbortSignal): Transport {
  const room = (roomId: string) => `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}`;
  const send = <T>(method: 'PUT' | 'POST', path: string, body: object, timeoutMs = 60_000): Promise<T> =>
    withSignal(signal, () => client.doRequest(method, path, null, body, timeoutMs));

  return {
    async put(reply, revision) {
      const { roomId, body } = reply;
      if (body.kind === 'sweep') {
        const place = { client, selfId, roomId };
        const redact = (eventId: string, id: string) =>
          send('PUT', `${room(roomId)}/redact/${encodeURIComponent(eventId)}/${id}`, {});
        await withSignal(signal, () => sweep(place, reply, body, redact));
        return transactionId(reply);
      }
      return madeEventId(await send('PUT', `${room(reply.roomId)}/${target(reply, revision)}`, contentOf(reply)));
    },
    async join(roomId) {
      await send('POST', `${room(roomId)}/join`, {}, JOIN_TIMEOUT_MS);
    },
    async leave(roomId, reason) {
      await send('POST', `${room(roomId)}/leave`, { reason });
    },
    async markRead(roomId, eventId) {
      await send('POST', `${room(roomId)}/receipt/m.read/${encodeURIComponent(eventId)}`, { thread_id: 'main' });
    },
    async showTyping(roomId, isTyping) {
      const typing = isTyping ? { typing: true, timeout: TYPING_MS } : { typing: false };
      await send('PUT', `${room(roomId)}/typing/${encodeURIComponent(selfId)}`, typing);
    },
  };
}

function target(reply: Reply, revision: number): string {
  const id = transactionId(reply, revision);
  if (reply.body.kind === 'redaction') return `redact/${encodeURIComponent(reply.body.redactedEventId)}/${id}`;
  return `send/${reply.body.kind === 'reaction' ? 'm.reaction' : 'm.room.message'}/${id}`;
}

function contentOf({ body }: Reply): object {
  return 'content' in body ? body.content : {};
}
