// Owns the room keys that this machine makes: sharing them, and encrypting with them, in turns a room.
//
// Wasm panics, which ends the process, when an event is encrypted with a session that has expired (`assert!(!session.expired())`).
// bot-sdk shares and encrypts in two steps, so that of two sends at once the first can use up the last message of a session
// before the second encrypts. So a share is good for one event, at once; otherwise the key is shared again here.
import { CryptoError } from './errors.ts';
import { type Id, toWasmId, toWasmUserIds } from './identifiers.ts';
import type { LiveMachine } from './liveMachine.ts';
import { type ToDeviceRequest, takeRequest } from './requests.ts';
import { type EncryptionSettings, toWasmSettings } from './settings.ts';
import { Turns } from './turns.ts';

/** How old a share may be when its event is encrypted: the session could expire by time in between. */
const FRESH_MS = 100;

type Share = { users: readonly string[]; settings: EncryptionSettings; usableUntilMs: number };

export class RoomKeys {
  readonly #live: LiveMachine;
  readonly #turns = new Turns();
  readonly #shares = new Map<string, Share>();
  /** Handed out by `share`, not yet marked as sent: whoever has them is sending them. */
  readonly #handedOut = new Set<string>();

  constructor(live: LiveMachine) {
    this.#live = live;
  }

  /** What must be sent before the next event of the room is. */
  share(room: string, users: readonly Id[], settings: EncryptionSettings): Promise<ToDeviceRequest[]> {
    return this.#turns.run(room, async () => {
      const requests = await this.#share(room, { users: users.map(String), settings });
      for (const { txnId } of requests) this.#handedOut.add(txnId);
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
      const share = this.#shares.get(room);
      if (!share) throw new CryptoError('no_room_key', `the key of ${room} was not shared`);
      if (performance.now() > share.usableUntilMs) {
        const requests = await this.#share(room, share);
        shareAlso(requests.filter(({ txnId }) => !this.#handedOut.has(txnId)));
      }
      share.usableUntilMs = Number.NEGATIVE_INFINITY;
      this.#shares.set(room, share);
      return this.#live.run((machine) =>
        machine.encryptRoomEvent(toWasmId(this.#live.module.RoomId, room), event.type, event.content),
      );
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

  async #share(room: string, { users, settings }: Pick<Share, 'users' | 'settings'>): Promise<ToDeviceRequest[]> {
    const { module } = this.#live;
    const requests = await this.#live.run(async (machine) => {
      using wasmSettings = toWasmSettings(module, settings);
      const made = machine.shareRoomKey(toWasmId(module.RoomId, room), toWasmUserIds(module, users), wasmSettings);
      return (await made).map((request) => takeRequest(module, request) as ToDeviceRequest);
    });
    this.#shares.set(room, { users, settings, usableUntilMs: performance.now() + FRESH_MS });
    return requests;
  }
}
