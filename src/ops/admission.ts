// Owns who may ask the HTTP server what: open on this machine, by token from elsewhere.
import { createHash, timingSafeEqual } from 'node:crypto';

/** What this machine may read without a token: no more than figures and the reason of a trouble. */
export const OPEN_PATHS = ['/health', '/ready', '/metrics'] as const;

export type Asked = {
  path: string;
  /** Of the connection; what a request says of itself (Host, X-Forwarded-For) may be anything. */
  remoteAddress: string | undefined;
  authorization: string | undefined;
};

/** Returns whether a request is let in by a server that listens on `host`; `token` null: nothing but the open paths is there. */
export function createAdmission(host: string, token: string | null): (asked: Asked) => boolean {
  const isLocalHost = isLoopback(host);
  return ({ path, remoteAddress, authorization }) => {
    const isOpen = OPEN_PATHS.some((open) => open === path) || token === null;
    if (isOpen && isLocalHost && remoteAddress !== undefined && isLoopback(remoteAddress)) return true;
    return token !== null && carries(authorization, token);
  };
}

/** `localhost`, 127.0.0.0/8 and ::1; IPv4 as an IPv6 socket writes it, too. */
function isLoopback(address: string): boolean {
  return /^(localhost|(::ffff:)?127(\.\d{1,3}){3}|::1|\[::1\])$/i.test(address);
}

/** Compares digests, so that neither the time it takes nor a length tells anything of the token. */
function carries(authorization: string | undefined, token: string): boolean {
  if (!/^Bearer /i.test(authorization ?? '')) return false;
  const given = authorization?.slice('Bearer '.length).trim() ?? '';
  return timingSafeEqual(digest(given), digest(token.trim()));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
