// Owns the grammar of identifiers: what may stand in the path of a request, whoever wrote it.

/** Longer ones no homeserver takes (specification, "Common Identifier Format"). */
const MAX_ID_BYTES = 255;

/** An event id, or undefined. One that is none would change the path of a request, or could not be encoded at all. */
export function eventIdOf(value: unknown): string | undefined {
  return idOf(value, '$');
}

export function roomIdOf(value: unknown): string | undefined {
  return idOf(value, '!');
}

export function userIdOf(value: unknown): string | undefined {
  return idOf(value, '@');
}

function idOf(value: unknown, sigil: string): string | undefined {
  if (typeof value !== 'string' || value.length < 2 || !value.startsWith(sigil)) return undefined;
  return value.isWellFormed() && Buffer.byteLength(value) <= MAX_ID_BYTES ? value : undefined;
}

const PORT = /:\d{1,5}$/;
/** Inside the brackets of an IPv6 address (RFC 3513 §2.2). */
const IPV6 = /^\[[0-9A-Fa-f:.]{2,45}\]$/;
/** The specification lets dots stand anywhere in a DNS name; `..` would climb in the path of a request. */
const DNS_NAME = /^[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*$/;
const MEDIA_ID = /^[A-Za-z0-9_-]{1,255}$/;

/** Whether it is a server name: a DNS name or an address, with or without a port (specification, "Server Name"). */
export function isServerName(name: string): boolean {
  const host = name.replace(PORT, '');
  return name.length <= MAX_ID_BYTES && (DNS_NAME.test(host) || IPV6.test(host));
}

/** The parts of `mxc://server/mediaId`; null: it is none, and no request may be made of it (client-server API, "Matrix Content URIs"). */
export function parseMxc(uri: string): { server: string; mediaId: string } | null {
  const [, server, mediaId] = /^mxc:\/\/([^/]+)\/([^/]+)$/.exec(uri) ?? [];
  if (!server || !mediaId || !isServerName(server) || !MEDIA_ID.test(mediaId)) return null;
  return { server, mediaId };
}
