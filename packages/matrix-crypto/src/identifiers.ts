// Owns the identifiers that the binding takes: plain strings inside, so that one can be passed twice (wasm frees what it is given).
import type * as wasm from '@matrix-org/matrix-sdk-crypto-wasm';
import { CryptoError } from './errors.ts';

function checked(kind: string, sigil: string, id: string): string {
  const isValid = typeof id === 'string' && id.startsWith(sigil) && id.length > 1;
  if (!isValid) throw new CryptoError('invalid_identifier', `not a ${kind}: ${JSON.stringify(id)}`);
  return id;
}

/** A server name, with its port if it has one. */
export class ServerName {
  readonly #name: string;

  constructor(name: string) {
    if (typeof name !== 'string' || name === '') throw new CryptoError('invalid_identifier', 'not a server name');
    this.#name = name;
  }
  get host(): string {
    return this.#name.replace(/:\d+$/, '');
  }
  get port(): number | null {
    const port = /:(\d+)$/.exec(this.#name)?.[1];
    return port === undefined ? null : Number(port);
  }
  isIpLiteral(): boolean {
    return this.host.startsWith('[') || /^\d+\.\d+\.\d+\.\d+$/.test(this.host);
  }
}

/** A user's identifier: `@localpart:server`. Throws `invalid_identifier`. */
export class UserId {
  readonly #id: string;

  constructor(id: string) {
    this.#id = checked('user id', '@', id);
    if (!/^@[^:]*:./s.test(id)) throw new CryptoError('invalid_identifier', `not a user id: ${JSON.stringify(id)}`);
  }
  get localpart(): string {
    return this.#id.slice(1, this.#id.indexOf(':'));
  }
  get serverName(): ServerName {
    return new ServerName(this.#id.slice(this.#id.indexOf(':') + 1));
  }
  /** Whether it breaks today's grammar, but was allowed once. */
  isHistorical(): boolean {
    return !/^[a-z0-9._=\-/+]+$/.test(this.localpart);
  }
  toString(): string {
    return this.#id;
  }
}

/** A device's identifier: any string. */
export class DeviceId {
  readonly #id: string;

  constructor(id: string) {
    this.#id = String(id);
  }
  toString(): string {
    return this.#id;
  }
}

/** A room's identifier: `!` and whatever the server chose. Throws `invalid_identifier`. */
export class RoomId {
  readonly #id: string;

  constructor(id: string) {
    this.#id = checked('room id', '!', id);
  }
  toString(): string {
    return this.#id;
  }
}

/** An identifier, as one of the classes above or as its string. */
export type Id = string | { toString(): string };

type IdClass<T> = new (id: string) => T;

/** A fresh wasm identifier, to be given away. Throws `invalid_identifier` where wasm refuses it. */
export function toWasmId<T>(Wasm: IdClass<T>, id: Id): T {
  try {
    return new Wasm(String(id));
  } catch (cause) {
    throw new CryptoError('invalid_identifier', `not an identifier: ${JSON.stringify(String(id))}`, { cause });
  }
}

/**
 * Fresh wasm user ids, to be given away. Those that wasm refuses are left out: one member with an odd name, or one odd line in
 * a sync, must not keep everybody else from being served.
 */
export function toWasmUserIds(module: typeof wasm, ids: Iterable<Id>): wasm.UserId[] {
  const users: wasm.UserId[] = [];
  for (const id of ids) {
    try {
      users.push(new module.UserId(String(id)));
    } catch {
      // Left out, as said above: wasm tells nothing but that it is no user id.
    }
  }
  return users;
}
