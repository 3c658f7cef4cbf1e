// Owns the lab's homeservers: Synapse on SQLite, open for registration, with its message limit on or out of the way.
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from './freePort.ts';
import { createLabServer, type LabServer } from './labServer.ts';

export type SynapseOptions = {
  root: string;
  folder: string;
  serverName: string;
  /** `default`: Synapse's own 0.2 messages a second after a burst of 10. All other limits are out of the way in any case. */
  messageLimit: 'default' | 'none';
};

export type Synapse = LabServer & { url: string; serverName: string };

const CONFIG = '/mnt/homeserver.yaml';

/** An empty homeserver on a free port, not started yet. Starting it again later keeps port, users and rooms. */
export async function createSynapse(options: SynapseOptions): Promise<Synapse> {
  const { root, folder, serverName } = options;
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  await mkdir(folder, { recursive: true });
  // Every JSON document is a YAML document.
  await writeFile(join(folder, 'homeserver.yaml'), JSON.stringify(configuration(options, port), null, 2));
  await writeFile(join(folder, 'signing.key'), signingKey());
  const server = createLabServer({
    root,
    folder,
    command: ['synapse_homeserver', '-c', CONFIG],
    readyUrl: `${url}/_matrix/client/versions`,
  });
  return { ...server, url, serverName };
}

function configuration({ serverName, messageLimit }: SynapseOptions, port: number): object {
  return {
    server_name: serverName,
    public_baseurl: `http://127.0.0.1:${port}/`,
    listeners: [{ port, bind_addresses: ['127.0.0.1'], type: 'http', tls: false, resources: [{ names: ['client'] }] }],
    database: { name: 'sqlite3', args: { database: '/mnt/homeserver.db' } },
    media_store_path: '/mnt/media',
    max_upload_size: '200M',
    signing_key_path: '/mnt/signing.key',
    registration_shared_secret: 'lab',
    enable_registration: true,
    enable_registration_without_verification: true,
    // Registering and logging in take 4 ms of hashing instead of 250.
    bcrypt_rounds: 4,
    report_stats: false,
    trusted_key_servers: [],
    federation_domain_whitelist: [],
    ...limitsOutOfTheWay(),
    ...(messageLimit === 'none' && { rc_message: UNLIMITED }),
  };
}

/** What `synapse_homeserver --generate-keys` writes, without its two seconds of Python: algorithm, key id, unpadded seed. */
function signingKey(): string {
  return `ed25519 lab ${randomBytes(32).toString('base64').replace('=', '')}\n`;
}

const UNLIMITED = { per_second: 100_000, burst_count: 100_000 };

function limitsOutOfTheWay(): object {
  return {
    rc_registration: UNLIMITED,
    rc_login: { address: UNLIMITED, account: UNLIMITED, failed_attempts: UNLIMITED },
    rc_joins: { local: UNLIMITED, remote: UNLIMITED },
    rc_joins_per_room: UNLIMITED,
    rc_invites: { per_room: UNLIMITED, per_user: UNLIMITED, per_issuer: UNLIMITED },
    rc_room_creation: UNLIMITED,
    rc_media_create: UNLIMITED,
    rc_key_requests: UNLIMITED,
    rc_user_directory: UNLIMITED,
  };
}
