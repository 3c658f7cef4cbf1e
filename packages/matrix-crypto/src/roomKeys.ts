// Owns the room keys that this machine makes: sharing them, and encrypting with them, in turns a room.
//
// Wasm panics, which ends the process, when an event is encrypted with a session that has expired (`assert!(!session.expired())`).
// bot-sdk shares and encrypts in two steps, so that of two sends at once the first can use up the last message of a session
// before the second encrypts. So wasm's word on a session is good for one event, at once; what is known of it from its own events
// is good until its end; otherwise the key is shared again here.
import { CryptoError } from './errors.ts';
import { type Id, toWasmId, toWasmUserIds } from './identifiers.ts';
import type { LiveMachine } from './liveMachine.ts';
import {
  goesOn,
  isSameSettings,
  type Limits,
  lowerLimits,
  type OutboundSession,
  sessionAfter,
} from './outboundSession.ts';
import { type ToDeviceRequest, takeRequest } from './requests.ts';
import { type EncryptionSettings, rotationOf, toWasmSettings } from './settings.ts';
import { Turns } from './turns.ts';

/** How old a share may be when its event is encrypted: the session could expire by time in between. */
const FRESH_MS = 100;

type Sharing = { readonly users: readonly string[]; readonly settings: Readonly<EncryptionSettings> };
type Share = Sharing & {
  /** When, by `Date.now()`, and the limits of a session that was made by it or by one before it of which nothing was used. */
  readonly start: { readonly atMs: number; readonly limits: Limits };
  /** `LiveMachine.changes` when it was made: with more, there may be other devices. */
  readonly changes: number;
  /** By the clock of `performance.now()`; what it gave out is used up by one event. */
  usableUntilMs: number;
  isUsed: boolean;
  session: OutboundSession | undefined;
};

function isSameUsers(one: readonly string[], other: readonly string[]): boolean {
  const users = new Set(one);
  return new Set(other).size === users.size && other.every((user) => users.has(user));
}

export class RoomKeys {
  readonly #live: LiveMachine;
  readonly #turns = new Turns();
  readonly #shares = new Map<string, Share>();
  /** Handed out by `share` and not yet marked as sent, by room: whoever has them is sending them. */
  readonly #handedOut = new Map<string, string>();

  constructor(live: LiveMachine) {
    this.#live = live;
  }

  /** What must be sent before the next event of the room is. */
  share(room: string, ids: readonly Id[], settings: EncryptionSettings): Promise<ToDeviceRequest[]> {
    return this.#turns.run(room, async () => {
      const users = ids.map(String);
      if (this.#isGood(room, { users, settings })) return [];
      const requests = await this.#share(room, { users, settings: { ...settings } });
      for (const { txnId } of requests) this.#handedOut.set(txnId, room);
      return requests;
    });
  }

  /**
   * The encrypted content, as JSON; `shareAlso` takes what must be sent with it. Throws `no_room_key` where the room's key was
   * never shared by this machine since it was opened.
   */
  encrypt(
    room: string,
    event: { type: string; content: string },
    shareAlso: (requests: ToDeviceRequest[]) => void,
  ): Promise<string> {
    return this.#turns.run(room, async () => {
      this.#live.assertOpen();
      const known = this.#shares.get(room);
      if (!known) throw new CryptoError('no_room_key', `the key of ${room} was not shared`);
      if (!goesOn(known.session) && performance.now() > known.usableUntilMs) {
        const requests = await this.#share(room, known);
        shareAlso(requests.filter(({ txnId }) => !this.#handedOut.has(txnId)));
      }
      const share = this.#shares.get(room) ?? known;
      share.usableUntilMs = Number.NEGATIVE_INFINITY;
      share.isUsed = true;
      const content = await this.#live.run((machine) =>
        machine.encryptRoomEvent(toWasmId(this.#live.module.RoomId, room), event.type, event.content),
      );
      share.session = sessionAfter(content, share.start, share.session);
      return content;
    });
  }

  /** Forgets a request that was sent. */
  sent(id: string): void {
    this.#handedOut.delete(id);
  }

  /** Has the next event of the room encrypted with a new key; whether there was one to end. */
  discard(room: string): Promise<boolean> {
    return this.#turns.run(room, () => {
      this.#shares.delete(room);
      return this.#live.run((machine) => machine.invalidateGroupSession(toWasmId(this.#live.module.RoomId, room)));
    });
  }

  /** Whether the key is with all who should have it, so that wasm need not look through their devices: 5 ms for 50 of them. */
  #isGood(room: string, { users, settings }: Sharing): boolean {
    const share = this.#shares.get(room);
    if (!share || share.changes !== this.#live.changes || !goesOn(share.session)) return false;
    if (!isSameUsers(share.users, users) || !isSameSettings(share.settings, settings)) return false;
    return ![...this.#handedOut.values()].includes(room);
  }

  async #share(room: string, { users, settings }: Sharing): Promise<ToDeviceRequest[]> {
    const { module, changes } = this.#live;
    const before = this.#shares.get(room);
    const own = rotationOf(settings);
    const limits = before && !before.isUsed ? lowerLimits(own, before.start.limits) : own;
    const start = { atMs: before && !before.isUsed ? before.start.atMs : Date.now(), limits };
    const requests = await this.#live.run(async (machine) => {
      using wasmSettings = toWasmSettings(module, settings);
      const made = machine.shareRoomKey(toWasmId(module.RoomId, room), toWasmUserIds(module, users), wasmSettings);
      return (await made).map((request) => takeRequest(module, request) as ToDeviceRequest);
    });
    const usableUntilMs = performance.now() + FRESH_MS;
    const session = before?.session;
    this.#shares.set(room, { users, settings, start, changes, usableUntilMs, isUsed: false, session });
    return requests;
  }
}
