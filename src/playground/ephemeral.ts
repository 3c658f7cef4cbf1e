// Owns what passes: who is typing and who has read how far.
import type { Endpoint } from './endpoint.ts';
import { badRequest } from './errors.ts';
import type { Content } from './events.ts';
import type { Feed } from './feed.ts';
import type { World } from './world.ts';

type Receipt = { position: number; type: string; eventId: string; userId: string; content: Content };

const LONGEST_TYPING_MS = 30_000;

export class Ephemeral {
  readonly #feed: Feed;
  readonly #typing = new Map<string, { position: number; users: Map<string, NodeJS.Timeout> }>();
  readonly #receipts = new Map<string, Map<string, Receipt>>();

  constructor(feed: Feed) {
    this.#feed = feed;
  }

  /** Typing ends by itself after `timeoutMs`; 0 ends it now. */
  setTyping(roomId: string, userId: string, timeoutMs: number): void {
    const typing = this.#typing.get(roomId) ?? { position: 0, users: new Map() };
    clearTimeout(typing.users.get(userId));
    const stopped = typing.users.delete(userId);
    if (timeoutMs > 0) {
      const timer = setTimeout(() => this.setTyping(roomId, userId, 0), timeoutMs).unref();
      typing.users.set(userId, timer);
    }
    if (stopped || timeoutMs > 0) typing.position = this.#feed.next();
    this.#typing.set(roomId, typing);
  }

  addReceipt(roomId: string, receipt: Omit<Receipt, 'position'>): void {
    const receipts = this.#receipts.get(roomId) ?? new Map<string, Receipt>();
    const key = JSON.stringify([receipt.userId, receipt.type, receipt.content.thread_id]);
    receipts.set(key, { ...receipt, position: this.#feed.next() });
    this.#receipts.set(roomId, receipts);
  }

  /** The room's ephemeral events that changed after the position. */
  since(roomId: string, position: number): Content[] {
    return [...this.#typingSince(roomId, position), ...this.#receiptsSince(roomId, position)];
  }

  #typingSince(roomId: string, position: number): Content[] {
    const typing = this.#typing.get(roomId);
    if (!typing || typing.position <= position) return [];
    return [{ type: 'm.typing', content: { user_ids: [...typing.users.keys()] } }];
  }

  #receiptsSince(roomId: string, position: number): Content[] {
    const content: Record<string, Record<string, Content>> = {};
    for (const receipt of this.#receipts.get(roomId)?.values() ?? []) {
      if (receipt.position <= position) continue;
      const byType = content[receipt.eventId] ?? {};
      const byUser = { ...byType[receipt.type], [receipt.userId]: receipt.content };
      content[receipt.eventId] = { ...byType, [receipt.type]: byUser };
    }
    return Object.keys(content).length === 0 ? [] : [{ type: 'm.receipt', content }];
  }
}

export function ephemeralEndpoints({ ephemeral, rooms, nowMs }: World): Endpoint[] {
  return [
    {
      name: 'typing',
      method: 'PUT',
      path: '/_matrix/client/v3/rooms/:roomId/typing/:userId',
      handle: async ({ session, param, body }) => {
        const { typing, timeout } = await body();
        const room = rooms.joined(param('roomId'), session.userId);
        if (param('userId') !== session.userId)
          throw badRequest('M_FORBIDDEN', "Cannot set another user's typing state");
        const timeoutMs = Math.min(typeof timeout === 'number' ? timeout : LONGEST_TYPING_MS, LONGEST_TYPING_MS);
        ephemeral.setTyping(room.id, session.userId, typing === true ? timeoutMs : 0);
        return {};
      },
    },
    {
      name: 'receipt',
      method: 'POST',
      path: '/_matrix/client/v3/rooms/:roomId/receipt/:receiptType/:eventId',
      handle: async ({ session, param, body }) => {
        const { thread_id: threadId } = await body();
        const room = rooms.joined(param('roomId'), session.userId);
        ephemeral.addReceipt(room.id, {
          type: param('receiptType'),
          eventId: param('eventId'),
          userId: session.userId,
          content: { ts: nowMs(), ...(threadId !== undefined && { thread_id: threadId }) },
        });
        return {};
      },
    },
  ];
}
