// Owns the lab as a whole: two homeservers and two language models, empty at every start, gone without a trace at the end.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LabServer } from './labServer.ts';
import { createLanguageModel, PICTURE_TOKENS, SLOT_CONTEXT_TOKENS } from './languageModel.ts';
import { isAlive } from './standing.ts';
import { createSynapse } from './synapse.ts';

export type LabServerName = 'synapse' | 'limitedSynapse' | 'llm' | 'seer';

/** Where the lab's servers are and what a client must know of them; plain data. */
export type LabAddresses = {
  /** Homeserver without limits. */
  synapseUrl: string;
  serverName: string;
  /** Homeserver with Synapse's default message limit: a burst of 10, then 0.2 a second, for each user. */
  limitedSynapseUrl: string;
  limitedServerName: string;
  /** OpenAI-compatible base URL, with /v1. */
  llmUrl: string;
  llmModel: string;
  /** Prompt and answer of one call together; a character of a prompt is about one token. */
  llmContextTokens: number;
  /** The same with a model that takes pictures; each costs so many tokens. */
  seerUrl: string;
  seerModel: string;
  seerPictureTokens: number;
  /** Databases, media, models and a server.log of each server. */
  stateFolder: string;
};

export type Lab = {
  addresses: LabAddresses;
  servers: Record<LabServerName, LabServer>;
  /** Stops every server and removes the state. */
  stop(): Promise<void>;
};

const STATE_PREFIX = 'lector-lab-';

/**
 * Builds the chroot in `labDir` if it is not there yet (a minute), then starts all servers on an empty state (seconds).
 * Needs root on Debian. Throws when one does not start; nothing is left running then.
 */
export async function startLab(labDir: string): Promise<Lab> {
  await buildRoot(labDir);
  await removeOrphanedState();
  const stateFolder = await mkdtemp(join(tmpdir(), `${STATE_PREFIX}${process.pid}-`));
  const root = join(labDir, 'root');
  const [synapse, limitedSynapse, llm, seer] = await Promise.all([
    createSynapse({ root, folder: join(stateFolder, 'synapse'), serverName: 'lab.test', messageLimit: 'none' }),
    createSynapse({ root, folder: join(stateFolder, 'limited'), serverName: 'limited.test', messageLimit: 'default' }),
    createLanguageModel(root, join(stateFolder, 'llm'), { sees: false }),
    createLanguageModel(root, join(stateFolder, 'seer'), { sees: true }),
  ]);
  const servers = { synapse, limitedSynapse, llm, seer };

  async function stop(): Promise<void> {
    await Promise.all(Object.values(servers).map((server) => server.stop()));
    await rm(stateFolder, { recursive: true, force: true });
  }

  const started = await Promise.allSettled(Object.values(servers).map((server) => server.start()));
  const failed = started.find((outcome) => outcome.status === 'rejected');
  if (failed) {
    await stop();
    throw failed.reason;
  }
  const addresses = {
    synapseUrl: synapse.url,
    serverName: synapse.serverName,
    limitedSynapseUrl: limitedSynapse.url,
    limitedServerName: limitedSynapse.serverName,
    llmUrl: llm.url,
    llmModel: llm.model,
    llmContextTokens: SLOT_CONTEXT_TOKENS,
    seerUrl: seer.url,
    seerModel: seer.model,
    seerPictureTokens: PICTURE_TOKENS,
    stateFolder,
  };
  return { addresses, servers, stop };
}

async function buildRoot(labDir: string): Promise<void> {
  // Its words go to stderr: stdout belongs to whoever starts the lab.
  const build = spawn(join(import.meta.dirname, 'buildRoot.sh'), [labDir], { stdio: ['ignore', 2, 2] });
  const [code] = await once(build, 'exit');
  if (code !== 0) throw new Error(`building the lab's root in ${labDir} failed (exit ${code})`);
}

/** A run that was killed leaves its folder; the owner's pid is in the name. */
async function removeOrphanedState(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const owner = new RegExp(`^${STATE_PREFIX}(\\d+)-`).exec(name)?.[1];
    if (owner && !(await isAlive(Number(owner)))) await rm(join(tmpdir(), name), { recursive: true, force: true });
  }
}
