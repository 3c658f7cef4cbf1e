// Owns the login: the first start logs in, later starts reuse device and token, a lost token logs in as the same device.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { MatrixClient } from 'matrix-bot-sdk';
import { z } from 'zod';
import type { MatrixConfig } from '../../config/env.ts';
import { AppError } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import { createClient } from './client.ts';
import { refusalOf } from './http.ts';

const sessionSchema = z.object({
  homeserverUrl: z.string(),
  userId: z.string(),
  deviceId: z.string(),
  accessToken: z.string(),
});
export type Session = z.infer<typeof sessionSchema>;

const DEVICE_NAME = 'Lector';

/**
 * The session of the bot, from the file at `path` or by logging in; the file is written 0600.
 * Throws `login_failed` when the homeserver refuses, `homeserver_unavailable` when it is away.
 */
export async function openSession(config: MatrixConfig, path: string, log: Log): Promise<Session> {
  const usable = readSession(config, path);
  if (usable && (await isValid(usable))) return usable;
  const session = await login(config, usable?.deviceId);
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
    throw new AppError('data_dir_unusable', `${path} cannot be read: ${(error as Error).message}`, { cause: error });
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
export async function isValid(session: Session): Promise<boolean> {
  try {
    await whoami(createClient(session.homeserverUrl, session.accessToken));
    return true;
  } catch (error) {
    if (refusalOf(error)?.status === 401) return false;
    throw error;
  }
}

function whoami(client: MatrixClient): Promise<{ user_id: string; device_id?: string }> {
  return client.doRequest('GET', '/_matrix/client/v3/account/whoami');
}

/** A new session, as device `deviceId` if given. Throws `login_failed` when the homeserver refuses. */
export async function login(config: MatrixConfig, deviceId: string | undefined): Promise<Session> {
  const { homeserverUrl } = config;
  try {
    if (config.login.kind === 'token') {
      const { accessToken } = config.login;
      const me = await whoami(createClient(homeserverUrl, accessToken));
      return { homeserverUrl, userId: me.user_id, deviceId: me.device_id ?? '', accessToken };
    }
    const answer = await createClient(homeserverUrl, '').doRequest('POST', '/_matrix/client/v3/login', null, {
      type: 'm.login.password',
      identifier: { type: 'm.id.user', user: config.login.user },
      password: config.login.password,
      initial_device_display_name: DEVICE_NAME,
      ...(deviceId && { device_id: deviceId }),
    });
    return { homeserverUrl, userId: answer.user_id, deviceId: answer.device_id, accessToken: answer.access_token };
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
