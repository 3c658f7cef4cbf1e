// Owns the login: the first start logs in, later starts reuse device and token, a lost token logs in as the same device.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { MatrixClient } from 'matrix-bot-sdk';
import { z } from 'zod';
import type { MatrixConfig } from '../../config/env.ts';
import { AppError } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import { createClient } from './client.ts';
import { fieldsOf, textOf } from './events.ts';
import { refusalOf, withSignal } from './http.ts';
import { userIdOf } from './ids.ts';
import { badAnswer } from './shapes.ts';

const sessionSchema = z.object({
  homeserverUrl: z.string(),
  userId: z.string(),
  deviceId: z.string(),
  accessToken: z.string(),
  /** When this login was made, in milliseconds since 1970; a file that does not say is of one made long ago. */
  loggedInAtMs: z.number().default(0),
});
export type Session = z.infer<typeof sessionSchema>;

const DEVICE_NAME = 'Lector';

/**
 * The session of the bot, from the file at `path` or by logging in; the file is written 0600.
 * Throws `login_failed` when the homeserver refuses, `homeserver_unavailable` when it is away, and the reason of `signal`, which ends
 * the requests, when that aborts.
 */
export async function openSession(
  config: MatrixConfig,
  path: string,
  log: Log,
  { clock = Date.now, signal }: { clock?: () => number; signal?: AbortSignal } = {},
): Promise<Session> {
  const within = <T>(work: () => Promise<T>): Promise<T> => (signal ? withSignal(signal, work) : work());
  const usable = readSession(config, path);
  if (usable && (await within(() => isValid(usable)))) return usable;
  const session = { ...(await within(() => login(config, usable?.deviceId))), loggedInAtMs: clock() };
  writeSession(path, session);
  log.info({ userId: session.userId, deviceId: session.deviceId }, usable ? 'logged in again' : 'logged in');
  return session;
}

/** The session kept at `path`; null: there is none of this user at this homeserver. Throws `data_dir_unusable`. */
export function readSession(config: MatrixConfig, path: string): Session | null {
  const kept = parseSession(path);
  return kept && kept.homeserverUrl === config.homeserverUrl && belongsTo(kept, config) ? kept : null;
}

function parseSession(path: string): Session | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    const advice = 'let it belong to the user that runs Lector, or delete it, and Lector logs in anew';
    throw new AppError('data_dir_unusable', `${path} cannot be read: ${(error as Error).message}; ${advice}`, {
      cause: error,
    });
  }
  try {
    return sessionSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new AppError('data_dir_unusable', `${path} is damaged: delete it, and Lector logs in anew`, { cause });
  }
}

/** Written beside and renamed, so that a crash leaves the old file or the new one. */
function writeSession(path: string, session: Session): void {
  const beside = `${path}.new`;
  writeFileSync(beside, `${JSON.stringify(session, null, 2)}\n`, { mode: 0o600, flush: true });
  renameSync(beside, path);
}

function belongsTo(session: Session, { login }: MatrixConfig): boolean {
  if (login.kind === 'token') return session.accessToken === login.accessToken;
  return login.user.startsWith('@') ? session.userId === login.user : session.userId.startsWith(`@${login.user}:`);
}

/** Whether the homeserver still takes the session's token. */
export async function isValid(session: Login): Promise<boolean> {
  try {
    await whoami(createClient(session.homeserverUrl, session.accessToken));
    return true;
  } catch (error) {
    if (refusalOf(error)?.status === 401) return false;
    throw error;
  }
}

/** A login without the time that it was made at. */
export type Login = Omit<Session, 'loggedInAtMs'>;

async function whoami(client: MatrixClient): Promise<{ userId: string; deviceId: string }> {
  return namesIn(await client.doRequest('GET', '/_matrix/client/v3/account/whoami'));
}

function namesIn(answer: unknown): { userId: string; deviceId: string } {
  const { user_id: user, device_id: device } = fieldsOf(answer);
  const userId = userIdOf(user);
  if (userId === undefined) throw badAnswer('a login');
  return { userId, deviceId: textOf(device) ?? '' };
}

/** A new login, as device `deviceId` if given. Throws `login_failed` when the homeserver refuses. */
export async function login(config: MatrixConfig, deviceId: string | undefined): Promise<Login> {
  const { homeserverUrl } = config;
  try {
    if (config.login.kind === 'token') {
      const { accessToken } = config.login;
      return { homeserverUrl, ...(await whoami(createClient(homeserverUrl, accessToken))), accessToken };
    }
    const answer = await createClient(homeserverUrl, '').doRequest('POST', '/_matrix/client/v3/login', null, {
      type: 'm.login.password',
      identifier: { type: 'm.id.user', user: config.login.user },
      password: config.login.password,
      initial_device_display_name: DEVICE_NAME,
      ...(deviceId && { device_id: deviceId }),
    });
    const accessToken = textOf(fieldsOf(answer).access_token);
    if (accessToken === undefined) throw badAnswer('a login');
    return { homeserverUrl, ...namesIn(answer), accessToken };
  } catch (error) {
    const refusal = refusalOf(error);
    if (!refusal) throw error;
    const what = config.login.kind === 'token' ? 'MATRIX_ACCESS_TOKEN' : 'MATRIX_USER or MATRIX_PASSWORD';
    throw new AppError(
      'login_failed',
      `${homeserverUrl} refused the login (${refusal.error || refusal.errcode}): check ${what}`,
      {
        cause: error,
      },
    );
  }
}
