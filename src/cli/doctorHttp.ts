// Owns the doctor's look at the HTTP port: whether it is free, a Lector answers there, or something else has it.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { z } from 'zod';
import type { Config } from '../../config/env.ts';
import type { Finding } from './doctor.ts';

const TIMEOUT_MS = 3_000;
/** A Lector's answer to /health, as far as it is looked at. */
const HEALTH = z.object({
  status: z.enum(['healthy', 'degraded', 'down']),
  reasons: z.array(z.string()),
  queueDepth: z.number(),
});
const ADDRESSES_OF_ALL: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '[::1]' };

type HttpConfig = Config['http'];
/** Who has a port: a Lector that tells how it is, one that wants another token, or anything else. */
type Holder = { kind: 'lector'; health: z.infer<typeof HEALTH> } | { kind: 'locked lector' } | { kind: 'other' };

/**
 * Nothing here fails: a bot without its port answers rooms all the same, but nobody can ask it how it is. `isInUse`: a Lector runs on the
 * data folder. The port is bound for a moment when it is free.
 */
export async function checkHttp({ http }: Pick<Config, 'http'>, isInUse: boolean): Promise<Finding> {
  const name = 'HTTP';
  const { host, port } = http;
  if (port === null) return { state: 'ok', name, detail: 'off: HTTP_PORT is 0 or empty' };
  const at = `port ${port} of ${host}`;
  const doubtful = (detail: string, advice: string): Finding => ({ state: 'doubtful', name, detail, advice });
  const code = await whyNotBound(host, port);
  if (code === 'EADDRINUSE') return judge(await holderOf(http, port), at, isInUse);
  if (code === 'EACCES') return doubtful(`${at} may not be had by this user`, 'set HTTP_PORT to one above 1023');
  if (code !== null) {
    const advice = 'set HTTP_HOST to an address of this machine, such as 127.0.0.1';
    return doubtful(`${at} cannot be had (${code})`, advice);
  }
  if (!isInUse) return { state: 'ok', name, detail: `${at} is free for /health, /ready and /metrics` };
  const advice = 'if it was started with another HTTP_PORT, all is well; else its log says why';
  return doubtful(`the Lector that runs does not answer on ${at}`, advice);
}

function judge(holder: Holder, at: string, isInUse: boolean): Finding {
  const name = 'HTTP';
  const elsewhere = 'set HTTP_PORT to another port, or to 0 to do without /health, /ready and /metrics';
  if (holder.kind === 'other') {
    const advice = `stop what has it (\`ss -ltnp\` names it), or ${elsewhere}`;
    return { state: 'doubtful', name, detail: `another program has ${at}`, advice };
  }
  if (!isInUse) {
    const detail = `a Lector with another data folder has ${at}`;
    return { state: 'doubtful', name, detail, advice: elsewhere };
  }
  if (holder.kind === 'locked lector') {
    const detail = `the Lector on ${at} wants another token`;
    return { state: 'doubtful', name, detail, advice: 'set HTTP_TOKEN to the one that it was started with' };
  }
  const { status, reasons } = holder.health;
  const detail = `the Lector on ${at} is ${[status, ...reasons].join(': ')}`;
  return status === 'healthy' ? { state: 'ok', name, detail } : { state: 'doubtful', name, detail };
}

/** The error code of an attempt to listen; null: it went well. */
async function whyNotBound(host: string, port: number): Promise<string | null> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
    return null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  } finally {
    server.close();
  }
}

async function holderOf({ host, token }: HttpConfig, port: number): Promise<Holder> {
  const address = ADDRESSES_OF_ALL[host] ?? (host.includes(':') ? `[${host}]` : host);
  try {
    const answer = await fetch(`http://${address}:${port}/health`, {
      headers: token === null ? {} : { Authorization: `Bearer ${token}` },
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (answer.headers.get('WWW-Authenticate')?.includes('realm="lector"')) return { kind: 'locked lector' };
    const told = HEALTH.safeParse(await answer.json());
    return told.success ? { kind: 'lector', health: told.data } : { kind: 'other' };
  } catch {
    // Whatever has the port does not speak as a Lector does.
    return { kind: 'other' };
  }
}
