// Owns what a machine wants sent to the homeserver: which requests bot-sdk is given, and which the caller sends itself.
import { RequestType, toWasmRequestType } from './enums.ts';
import { type Id, toWasmUserIds } from './identifiers.ts';
import { KeyQueries } from './keyQueries.ts';
import type { LiveMachine } from './liveMachine.ts';
import {
  isKeyRequest,
  type KeyRequest,
  type KeysClaimRequest,
  type KeysQueryRequest,
  type OtherRequest,
  type OutgoingRequest,
  type ToDeviceRequest,
  takeRequest,
} from './requests.ts';
import { Turns } from './turns.ts';

const isQuery = (request: OutgoingRequest): request is KeysQueryRequest => request.type === RequestType.KeysQuery;

/** How long it is believed that no session is missing: a device that had no key to claim is asked again then. */
const SESSIONS_KNOWN_MS = 10_000;

type Live = Pick<LiveMachine, 'module' | 'run' | 'changes' | 'changed'>;

export class Outgoing {
  readonly #live: Live;
  readonly #queries = new KeyQueries();
  readonly #turns = new Turns();
  /** Users whose devices wasm follows already: telling it again costs a transaction a message. */
  readonly #tracked = new Set<string>();
  /** Room keys shared while an event was encrypted, still to be sent. */
  readonly #shares = new Map<string, ToDeviceRequest>();

  /** Users with all of whose devices there were sessions, when they were last asked for. */
  #complete: { users: ReadonlySet<string>; changes: number; untilMs: number } | undefined;

  constructor(live: Live) {
    this.#live = live;
  }

  /** All that is to be sent, each until it is marked as sent; the same question keeps its id. */
  all(): Promise<OutgoingRequest[]> {
    return this.#turns.run('requests', async () => {
      const mark = this.#queries.mark;
      const requests = await this.#live.run(async (machine) =>
        (await machine.outgoingRequests()).map((request) => takeRequest(this.#live.module, request)),
      );
      const queries = this.#queries.seen(mark, requests.filter(isQuery));
      return [...requests.filter((request) => !isQuery(request)), ...queries, ...this.#shares.values()];
    });
  }

  /** Those that matrix-bot-sdk can send. */
  async keyRequests(): Promise<KeyRequest[]> {
    return (await this.all()).filter(isKeyRequest);
  }

  /** Those at which it throws. */
  async otherRequests(): Promise<OtherRequest[]> {
    return (await this.all()).filter((request): request is OtherRequest => !isKeyRequest(request));
  }

  async markAsSent(id: string, type: RequestType, response: string): Promise<boolean> {
    const wasmType = toWasmRequestType(this.#live.module, type);
    const wasmId = type === RequestType.KeysQuery ? this.#queries.wasmIdOf(id) : id;
    const isMarked = await this.#live.run((machine) => machine.markRequestAsSent(wasmId, wasmType, response));
    if (type === RequestType.KeysQuery) this.#queries.answered(id);
    if (type !== RequestType.ToDevice && type !== RequestType.KeysUpload) this.#live.changed();
    this.#shares.delete(id);
    return isMarked;
  }

  /** Has these sent with the next requests. */
  addShares(requests: readonly ToDeviceRequest[]): void {
    for (const request of requests) this.#shares.set(request.txnId, request);
  }

  /** Says that device lists may have changed. `left`: users with whom no room is shared any more. */
  listsChanged(left: readonly string[]): void {
    for (const user of left) this.#tracked.delete(user);
    this.#queries.changed();
    this.#live.changed();
  }

  async track(ids: readonly Id[]): Promise<void> {
    const users = ids.map(String).filter((user) => !this.#tracked.has(user));
    if (users.length === 0) return;
    await this.#live.run((machine) => machine.updateTrackedUsers(toWasmUserIds(this.#live.module, users)));
    this.#queries.changed();
    this.#live.changed();
    for (const user of users) this.#tracked.add(user);
  }

  /** Whether the devices of all of `ids` are known, so that none must be asked for before a key is shared with them. */
  knowsDevicesOf(ids: readonly Id[]): boolean {
    return this.#queries.isKnown && !ids.some((id) => this.#queries.isOpen(String(id)));
  }

  /**
   * A request for one-time keys of those devices of `ids` with which no session exists. Users whose device lists are still being
   * asked for are left out: wasm would wait 5 s for an answer, which bot-sdk cannot send before it has this one. No users:
   * the devices that asked for keys since.
   */
  async missingSessions(ids: readonly Id[]): Promise<KeysClaimRequest | null> {
    const wanted = ids.map(String);
    if (this.#isComplete(wanted)) return null;
    if (!this.#queries.isKnown) await this.all();
    const users = wanted.filter((user) => !this.#queries.isOpen(user));
    if (wanted.length > 0 && users.length === 0) return null;
    const { changes } = this.#live;
    const claim = await this.#live.run(async (machine) => {
      const request = await machine.getMissingSessions(toWasmUserIds(this.#live.module, users));
      return request && (takeRequest(this.#live.module, request) as KeysClaimRequest);
    });
    const untilMs = performance.now() + SESSIONS_KNOWN_MS;
    this.#complete = claim ? undefined : { users: new Set(users), changes, untilMs };
    return claim;
  }

  /** Never for nobody in particular: that asks for devices that wasm alone knows. */
  #isComplete(users: readonly string[]): boolean {
    const known = this.#complete;
    if (!known || users.length === 0 || performance.now() > known.untilMs) return false;
    return known.changes === this.#live.changes && users.every((user) => known.users.has(user));
  }

  /** A question for the devices of `ids`, whether they are due or not. */
  queryFor(ids: readonly Id[]): Promise<KeysQueryRequest> {
    return this.#live.run(async (machine) => {
      const request = machine.queryKeysForUsers(toWasmUserIds(this.#live.module, ids));
      return takeRequest(this.#live.module, request) as KeysQueryRequest;
    });
  }
}
