// Owns a member of the lab's homeservers, as far as every test needs one: registered, logged in, able to call the API.
import { randomBytes } from 'node:crypto';

export type Member = { homeserverUrl: string; userId: string; deviceId: string; accessToken: string; password: string };

/** What the homeserver answered; `body` is its JSON. */
export type Answer = { status: number; body: Record<string, unknown> };

/** A new member with a device; names are made unique, so tests share a homeserver without meeting. */
export async function registerMember(homeserverUrl: string, name = 'member'): Promise<Member> {
  const username = `${name}-${randomBytes(4).toString('hex')}`;
  const password = `secret of ${username}`;
  const request = { username, password, auth: { type: 'm.login.dummy' } };
  const { status, body } = await callMatrix({ homeserverUrl }, 'POST', '/_matrix/client/v3/register', request);
  if (status !== 200) throw new Error(`registering ${username}: ${status} ${JSON.stringify(body)}`);
  return {
    homeserverUrl,
    userId: String(body.user_id),
    deviceId: String(body.device_id),
    accessToken: String(body.access_token),
    password,
  };
}

/** One call of the client-server API; errors of the homeserver are answers, not exceptions. */
export async function callMatrix(
  caller: Pick<Member, 'homeserverUrl'> & Partial<Member>,
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  content?: object,
): Promise<Answer> {
  const response = await fetch(`${caller.homeserverUrl}${path}`, {
    method,
    headers: caller.accessToken ? { authorization: `Bearer ${caller.accessToken}` } : {},
    body: content ? JSON.stringify(content) : null,
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
