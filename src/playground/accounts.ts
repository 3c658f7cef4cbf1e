// Owns the accounts of the playground: passwords, sessions, profiles, filters.
import { randomBytes } from 'node:crypto';
import { badRequest, forbidden, notFound } from './errors.ts';
import type { Content, Session } from './events.ts';

export type Account = {
  userId: string;
  password: string;
  displayName: string;
  avatarUrl: string | undefined;
  filters: Content[];
  accountData: Map<string, Content>;
};

export class Accounts {
  readonly #serverName: string;
  readonly #accounts = new Map<string, Account>();
  readonly #sessions = new Map<string, Session>();

  constructor(serverName: string) {
    this.#serverName = serverName;
  }

  /** A localpart or a full user id as a full user id. */
  userIdOf(user: string): string {
    return user.startsWith('@') ? user : `@${user}:${this.#serverName}`;
  }

  find(userId: string): Account | undefined {
    return this.#accounts.get(userId);
  }

  add(localpart: string, password: string): Account {
    if (!/^[a-z0-9._=/+-]+$/.test(localpart)) {
      throw badRequest('M_INVALID_USERNAME', "User ID can only contain characters a-z, 0-9, or '=_-./+'");
    }
    const userId = this.userIdOf(localpart);
    if (this.#accounts.has(userId)) throw badRequest('M_USER_IN_USE', 'User ID already taken.');
    const account: Account = {
      userId,
      password,
      displayName: localpart,
      avatarUrl: undefined,
      filters: [],
      accountData: new Map(),
    };
    this.#accounts.set(userId, account);
    return account;
  }

  /** Throws 403 for a user or password that is not right; which one is not told. */
  checkPassword(user: string, password: unknown): Account {
    const account = this.find(this.userIdOf(user));
    if (!account || account.password !== password) throw forbidden('Invalid username or password');
    return account;
  }

  /** A new access token; an older one of the same device ends. */
  openSession(userId: string, deviceId: string = randomBytes(5).toString('hex').toUpperCase()): Session {
    for (const [token, session] of this.#sessions) {
      if (session.userId === userId && session.deviceId === deviceId) this.#sessions.delete(token);
    }
    const session = { userId, deviceId, token: `syt_${randomBytes(24).toString('base64url')}` };
    this.#sessions.set(session.token, session);
    return session;
  }

  session(token: string): Session | undefined {
    return this.#sessions.get(token);
  }

  closeSession(token: string): void {
    this.#sessions.delete(token);
  }

  /** The profile as anybody may see it; throws 404. */
  profile(userId: string): Content {
    const account = this.find(userId);
    if (!account) throw notFound('Profile was not found');
    return { displayname: account.displayName, ...(account.avatarUrl && { avatar_url: account.avatarUrl }) };
  }

  /** The content of a member event with the user's profile in it. */
  memberContent(userId: string, membership: string): Content {
    return { membership, ...(this.find(userId) && this.profile(userId)) };
  }
}
