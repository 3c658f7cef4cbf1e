// Owns what is known of the device lists that still have to be asked for, and keeps a question that is under way from being forgotten.
//
// Wasm forgets the question under way whenever its outgoing requests are asked for: it makes a new one with a new id, and takes
// the answer to the old one for no answer (matrix-rust-sdk, identities/manager.rs, `users_for_key_query`). matrix-bot-sdk asks
// after every encrypted event, without its lock: a question that another send just put then stays open, and that send shares
// its room key without the devices it asked for. So the same question keeps the id under which it was given out.
import { type KeysQueryRequest, queriedUsers } from './requests.ts';

type Query = { wasmId: string; shownId: string; users: ReadonlySet<string> };

const isSameSet = (one: ReadonlySet<string>, other: ReadonlySet<string>) =>
  one.size === other.size && [...one].every((member) => other.has(member));

export class KeyQueries {
  /** Counts what may have changed the lists to ask for. */
  #changes = 0;
  #seenAt = -1;
  #open: Query[] = [];

  /** Says that there may be more to ask for now. */
  changed(): void {
    this.#changes += 1;
  }

  /** A mark to give to `seen`: taken before wasm is asked, so that a change in between is not overlooked. */
  get mark(): number {
    return this.#changes;
  }

  /** Whether all open questions are known, so that wasm need not be asked for them. */
  get isKnown(): boolean {
    return this.#seenAt === this.#changes;
  }

  /** Takes what wasm asks for now; returns it under the ids by which callers know it. */
  seen(mark: number, queries: readonly KeysQueryRequest[]): KeysQueryRequest[] {
    const before = this.#seenAt === mark ? this.#open : [];
    this.#seenAt = mark;
    this.#open = queries.map((query) => {
      const users = new Set(queriedUsers(query));
      const same = before.find((known) => isSameSet(known.users, users));
      return { wasmId: query.id, shownId: same?.shownId ?? query.id, users };
    });
    return queries.map((query, index) => ({ ...query, id: this.#open[index]?.shownId ?? query.id }));
  }

  /** The id by which wasm knows the question now. */
  wasmIdOf(shownId: string): string {
    return this.#open.find((query) => query.shownId === shownId)?.wasmId ?? shownId;
  }

  /** Says that the answer was taken in: the question is open no more. */
  answered(shownId: string): void {
    this.#open = this.#open.filter((query) => query.shownId !== shownId);
  }

  /** Whether the devices of `user` are being asked for, as far as is known. */
  isOpen(user: string): boolean {
    return this.#open.some(({ users }) => users.has(user));
  }
}
