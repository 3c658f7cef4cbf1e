// Owns one room: its timeline, its current state, and the transaction ids that sent into it.
import { forbidden } from './errors.ts';
import { type Content, isObject, newEventId, type Session, type StoredEvent } from './events.ts';
import type { Feed } from './feed.ts';

export type Membership = 'invite' | 'join' | 'leave' | 'ban';

export type Draft = {
  sender: string;
  type: string;
  content: Content;
  stateKey?: string;
  redacts?: string;
  sentBy?: { session: Session; transactionId: string };
  hidden?: boolean;
};

const stateId = (type: string, key: string) => JSON.stringify([type, key]);
// Synapse scopes a transaction id by room, user and device, whatever the event type.
const transactionKey = (session: Session, id: string) => JSON.stringify([session.userId, session.deviceId, id]);

export class Room {
  readonly id: string;
  readonly #feed: Feed;
  readonly #nowMs: () => number;
  readonly #timeline: StoredEvent[] = [];
  readonly #byId = new Map<string, StoredEvent>();
  readonly #state = new Map<string, StoredEvent>();
  readonly #sent = new Map<string, StoredEvent>();
  readonly #children = new Map<string, StoredEvent[]>();

  constructor(id: string, feed: Feed, nowMs: () => number) {
    this.id = id;
    this.#feed = feed;
    this.#nowMs = nowMs;
  }

  append(draft: Draft): StoredEvent {
    const { sender, type, content, stateKey, redacts, sentBy, hidden = false } = draft;
    const stored: StoredEvent = {
      position: this.#feed.next(),
      eventId: newEventId(),
      roomId: this.id,
      sender,
      type,
      stateKey,
      content,
      redacts,
      sentAtMs: this.#nowMs(),
      replaces: stateKey === undefined ? undefined : this.state(type, stateKey),
      sentBy,
      redactedBecause: undefined,
      hidden,
    };
    this.#timeline.push(stored);
    this.#byId.set(stored.eventId, stored);
    if (stateKey !== undefined) this.#state.set(stateId(type, stateKey), stored);
    this.#noteRelation(stored);
    if (sentBy) this.#sent.set(transactionKey(sentBy.session, sentBy.transactionId), stored);
    return stored;
  }

  event(eventId: string): StoredEvent | undefined {
    const event = this.#byId.get(eventId);
    return event?.hidden ? undefined : event;
  }

  /** Events whose content pointed at the event when they were sent, oldest first; redacted ones have lost their relation since. */
  children(eventId: string): readonly StoredEvent[] {
    return this.#children.get(eventId) ?? [];
  }

  #noteRelation(stored: StoredEvent): void {
    const relation = stored.content['m.relates_to'];
    if (!isObject(relation) || typeof relation.event_id !== 'string' || stored.hidden) return;
    const known = this.#children.get(relation.event_id);
    if (known) known.push(stored);
    else this.#children.set(relation.event_id, [stored]);
  }

  sentWith(session: Session, transactionId: string): StoredEvent | undefined {
    return this.#sent.get(transactionKey(session, transactionId));
  }

  /** From now on every transaction id is a new one; events go on telling theirs. */
  forgetTransactions(): void {
    this.#sent.clear();
  }

  state(type: string, key = ''): StoredEvent | undefined {
    return this.#state.get(stateId(type, key));
  }

  currentState(): StoredEvent[] {
    return [...this.#state.values()];
  }

  /** Events with `after` < position ≤ `upTo`, oldest first. */
  between(after: number, upTo: number): StoredEvent[] {
    return this.stream(after, upTo).filter((event) => !event.hidden);
  }

  /** Like `between`, with the hidden ones. */
  stream(after: number, upTo: number): StoredEvent[] {
    const first = this.#timeline.findLastIndex((event) => event.position <= after) + 1;
    const last = this.#timeline.findLastIndex((event) => event.position <= upTo) + 1;
    return this.#timeline.slice(first, Math.max(first, last));
  }

  /** The state that the events with `after` < position ≤ `upTo` set; with `after` 0 the whole state at `upTo`. */
  stateSet(after: number, upTo: number): StoredEvent[] {
    const state = new Map<string, StoredEvent>();
    for (const event of this.between(after, upTo)) {
      if (event.stateKey !== undefined) state.set(stateId(event.type, event.stateKey), event);
    }
    return [...state.values()];
  }

  member(userId: string): StoredEvent | undefined {
    return this.state('m.room.member', userId);
  }

  membership(userId: string): Membership | undefined {
    return membershipIn(this.member(userId));
  }

  membershipAt(userId: string, position: number): Membership | undefined {
    let event = this.member(userId);
    while (event && event.position > position) event = event.replaces;
    return membershipIn(event);
  }

  /** Member events with one of the memberships. */
  members(...wanted: Membership[]): StoredEvent[] {
    return this.currentState().filter((event) => {
      const membership = event.type === 'm.room.member' ? membershipIn(event) : undefined;
      return membership !== undefined && wanted.includes(membership);
    });
  }

  /** Throws 403 unless the user is joined, as Synapse words it. */
  demandJoined(userId: string): void {
    if (this.membership(userId) !== 'join') throw forbidden(`User ${userId} not in room ${this.id}`);
  }
}

function membershipIn(event: StoredEvent | undefined): Membership | undefined {
  return event?.content.membership as Membership | undefined;
}
