// Owns the task of a reading thread: one file in, a result or a failure out, progress over a port; it never throws.
import { readFile } from 'node:fs/promises';
import { setPriority } from 'node:os';
import type { MessagePort } from 'node:worker_threads';
import type { ComposeRequest } from '../src/domain/compose.ts';
import type { DepictRequest, DepictResult } from '../src/domain/depict.ts';
import { HEAD_BYTES, kindOf } from '../src/domain/fileKind.ts';
import type { ReadProgress, ReadRequest, ReadResult } from '../src/domain/reading.ts';
import { compose } from './compose.ts';
import { depict } from './depict.ts';
import { readImage } from './image.ts';
import { readPdf } from './pdf.ts';
import { loadPdfjs } from './pdfjs.ts';
import { tidyUp } from './tidyUp.ts';

/** Progress is for people: more often than this is noise on the main thread. */
const PROGRESS_EVERY_MS = 250;

/** A folder, or a file that is not there or not ours to read: mistakes of whoever named it. */
const CANNOT_OPEN = new Set<unknown>(['ENOENT', 'EISDIR', 'EACCES']);

/** With all cores busy the main thread and a homeserver beside it go first; reading still gets its share. */
const NICENESS = 10;

export type ReadTask = { request: ReadRequest; port?: MessagePort };
export type ComposeTask = { compose: ComposeRequest };
export type DepictTask = { depict: DepictRequest };

/** Reads the file of `task.request` by what it is, never by its name; without a task it only loads what a task will need. */
export default async function read(task: ReadTask | ComposeTask): Promise<ReadResult>;
export default async function read(task: DepictTask): Promise<DepictResult>;
export default async function read(task: null): Promise<null>;
export default async function read(
  task: ReadTask | ComposeTask | DepictTask | null,
): Promise<ReadResult | DepictResult | null> {
  // Elsewhere than on Linux it would be the priority of the whole process.
  if (process.platform === 'linux') setPriority(NICENESS);
  if (!task) return loadPdfjs().then(() => null);
  try {
    if ('depict' in task) return await depict(task.depict);
    if ('compose' in task) return { ok: true, reading: await compose(task.compose) };
    return await readChecked(task.request, task.port);
  } catch (error) {
    return failure(error);
  } finally {
    if ('port' in task) task.port?.close();
    tidyUp();
  }
}

async function readChecked(request: ReadRequest, port: MessagePort | undefined): Promise<ReadResult> {
  const buffer = await readFile(request.path);
  const bytes = new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  if (bytes.length === 0) return { ok: false, code: 'empty_file', message: 'the file has no bytes' };
  switch (await kindOf(bytes.subarray(0, HEAD_BYTES))) {
    case 'pdf':
      return readPdf(bytes, request, progressTo(port));
    case 'image':
      return readImage(bytes, request);
    case null:
      return { ok: false, code: 'not_a_document', message: 'no header of a PDF or a picture' };
  }
}

function progressTo(port: MessagePort | undefined): (progress: ReadProgress) => void {
  let lastMs = Number.NEGATIVE_INFINITY;
  return (progress) => {
    const now = performance.now();
    if (!port || now - lastMs < PROGRESS_EVERY_MS) return;
    lastMs = now;
    port.postMessage(progress);
  };
}

function failure(error: unknown): Extract<ReadResult, { ok: false }> {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return { ok: false, code: CANNOT_OPEN.has(code) ? 'file_not_found' : 'internal', message };
}
