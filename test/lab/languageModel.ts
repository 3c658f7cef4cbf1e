// Owns the lab's language model server: llama.cpp with the made-up model of writeModel.py.
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

/** An OpenAI-compatible server on a free port, not started yet; `folder` receives the model file. */
export async function createLanguageModel(root: string, folder: string): Promise<LanguageModelServer> {
  const port = await freePort();
  const model = 'lector-lab';
  await mkdir(folder, { recursive: true });
  await copyFile(join(import.meta.dirname, 'writeModel.py'), join(folder, 'writeModel.py'));
  await runInRoot(root, folder, ['python3', '/mnt/writeModel.py', '/mnt/model.gguf']);
  const server = createLabServer({
    root,
    folder,
    command: command(port, model),
    readyUrl: `http://127.0.0.1:${port}/health`,
  });
  return { ...server, url: `http://127.0.0.1:${port}/v1`, model };
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
