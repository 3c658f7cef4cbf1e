// Owns the lab's language model servers: llama.cpp with the made-up model of writeModel.py, with eyes or without.
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from './freePort.ts';
import { createLabServer, type LabServer, runInRoot } from './labServer.ts';

/** Calls that are answered at the same time; more wait. */
const SLOTS = 4;
/** Prompt and answer of one call together, in tokens; a character of a prompt is about one. Beyond it: 400 `exceed_context_size_error`. */
export const SLOT_CONTEXT_TOKENS = 16_384;

export type LanguageModelServer = LabServer & {
  /** OpenAI-compatible base URL, with /v1. */
  url: string;
  model: string;
};

/** What a picture costs in a prompt, whatever its size: the patches of writeProjector.py. */
export const PICTURE_TOKENS = 64;

/** An OpenAI-compatible server on a free port, not started yet; `folder` receives its files. `sees`: it takes pictures. */
export async function createLanguageModel(
  root: string,
  folder: string,
  { sees }: { sees: boolean },
): Promise<LanguageModelServer> {
  const port = await freePort();
  const model = sees ? 'lector-lab-seer' : 'lector-lab';
  await mkdir(folder, { recursive: true });
  await write('writeModel.py', 'model.gguf');
  if (sees) await write('writeProjector.py', 'mmproj.gguf');
  const eyes = sees ? ['--mmproj', '/mnt/mmproj.gguf'] : [];
  const server = createLabServer({
    root,
    folder,
    command: [...command(port, model), ...eyes],
    readyUrl: `http://127.0.0.1:${port}/health`,
  });
  return { ...server, url: `http://127.0.0.1:${port}/v1`, model };

  async function write(script: string, file: string): Promise<void> {
    await copyFile(join(import.meta.dirname, script), join(folder, script));
    await runInRoot(root, folder, ['python3', `/mnt/${script}`, `/mnt/${file}`]);
  }
}

function command(port: number, model: string): string[] {
  const context = ['--ctx-size', String(SLOTS * SLOT_CONTEXT_TOKENS), '--parallel', String(SLOTS)];
  // Several threads wait for each other by spinning, which on a machine with other work costs seconds a call.
  const threads = ['--threads', '1'];
  const address = ['--host', '127.0.0.1', '--port', String(port)];
  return [
    'llama-server',
    '--model',
    '/mnt/model.gguf',
    '--alias',
    model,
    '--offline',
    ...address,
    ...context,
    ...threads,
  ];
}
