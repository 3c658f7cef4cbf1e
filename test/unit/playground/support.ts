// Owns what the playground's tests share: a playground and members that end with the test, and bare HTTP.
import { onTestFinished } from 'vitest';
import { createMember, type Member, type MemberOptions } from '../../../src/playground/member.ts';
import { createPlayground, type Playground, type PlaygroundOptions } from '../../../src/playground/playground.ts';

/** A playground that is closed when the test ends. */
export async function openPlayground(options: PlaygroundOptions = {}): Promise<Playground> {
  const playground = await createPlayground(options);
  onTestFinished(() => playground.close());
  return playground;
}

/** A member with a new account, closed when the test ends. */
export async function join({ url }: Playground, user: string, options: Partial<MemberOptions> = {}): Promise<Member> {
  const member = await createMember({ homeserverUrl: url, user, password: `${user}-pw`, register: true, ...options });
  onTestFinished(() => member.close());
  return member;
}

// biome-ignore lint/suspicious/noExplicitAny: the tests look into answers of every shape.
export type HttpAnswer = { status: number; headers: Headers; body: any };

export type BareRequest = { token?: string; method?: string; json?: object; text?: string; signal?: AbortSignal };

/** One request as it is: no retries, any status. */
export async function http({ url }: Playground, path: string, request: BareRequest = {}): Promise<HttpAnswer> {
  const { token, method = 'GET', json, text, signal } = request;
  const response = await fetch(`${url}/_matrix/client/${path}`, {
    method,
    headers: token === undefined ? {} : { Authorization: `Bearer ${token}` },
    body: text ?? (json ? JSON.stringify(json) : null),
    signal: signal ?? null,
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

/** An account without a sync loop, for tests that look at the endpoints themselves. */
export async function account(playground: Playground, user: string): Promise<{ userId: string; token: string }> {
  const userId = playground.addUser(user, 'pw');
  const login = await http(playground, 'v3/login', {
    method: 'POST',
    json: { type: 'm.login.password', identifier: { type: 'm.id.user', user }, password: 'pw' },
  });
  return { userId, token: login.body.access_token };
}

export async function createRoom(playground: Playground, token: string, wish: object = {}): Promise<string> {
  return (await http(playground, 'v3/createRoom', { method: 'POST', token, json: wish })).body.room_id;
}

export async function say(playground: Playground, token: string, roomId: string, body: string, txn = body) {
  const path = `v3/rooms/${encodeURIComponent(roomId)}/send/m.room.message/${encodeURIComponent(txn)}`;
  return http(playground, path, { method: 'PUT', token, json: { msgtype: 'm.text', body } });
}

/** A sync; `query` without the question mark. */
export async function sync(playground: Playground, token: string, query = '', signal?: AbortSignal) {
  const answer = await http(playground, `v3/sync?${query}`, { token, ...(signal && { signal }) });
  return answer.body;
}

export const bodiesOf = (events: { content: { body?: string } }[]) =>
  events.map((event) => event.content.body).filter((body) => body !== undefined);

export const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => String(from + index));
