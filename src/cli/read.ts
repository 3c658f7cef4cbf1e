// Owns the command `read`: the same reading and summary as in a room, on files here.
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Config } from '../../config/env.ts';
import type { Document, DocumentReader } from '../documentReader.ts';
import type { Answer } from '../domain/answer.ts';
import { AppError, type ErrorCode, toAppError } from '../domain/errors.ts';
import { HEAD_BYTES, kindOf } from '../domain/fileKind.ts';
import type { Log } from '../domain/log.ts';
import type { MediaKind } from '../domain/media.ts';
import type { PageScan } from '../domain/reading.ts';
import { createModel } from '../llm/createModel.ts';
import { openReader } from '../openReader.ts';
import { readUpload } from '../pipeline/readUpload.ts';
import { think } from '../pipeline/think.ts';
import { createReadBar, type ReadBar } from './readBar.ts';
import { jsonLine, plainText } from './readOutput.ts';

export type ReadDeps = {
  config: Config;
  log: Log;
  files: string[];
  json: boolean;
  /** Instead of DEFAULT_PROFILE. */
  profile: string | undefined;
  compileCacheDir: string;
  stdout: NodeJS.WritableStream;
  stderr: NodeJS.WriteStream;
};

export type FileResult =
  | { ok: true; file: string; answer: Answer; outline: object[]; ms: number }
  | { ok: false; file: string; code: ErrorCode; message: string };

/**
 * Reads the files, as many at once as there are threads, and prints them in the order given. Returns 1 if any failed. Throws
 * `config_invalid` for a profile or a language that is not there.
 */
export async function read(deps: ReadDeps): Promise<0 | 1> {
  const { log, files, json, compileCacheDir, stdout } = deps;
  const config = withProfile(deps.config, deps.profile);
  const model = createModel(config.llm, log);
  const opened = openReader({ config, model, compileCacheDir, watchProfiles: false, clock: Date.now, log });
  const bar = createReadBar(files.length, deps.stderr);
  const readOne = (file: string) => readFile(file, opened.reader, config, bar, log).finally(() => bar.done());
  try {
    return await printInOrder(files, config.work.threads, readOne, (result) => {
      bar.clear();
      stdout.write(`${json ? jsonLine(result) : plainText(result, config)}\n`);
    });
  } finally {
    bar.clear();
    await opened.close();
  }
}

function withProfile(config: Config, profile: string | undefined): Config {
  return profile === undefined ? config : { ...config, rooms: { ...config.rooms, profile } };
}

async function readFile(
  path: string,
  reader: DocumentReader,
  config: Config,
  bar: ReadBar,
  log: Log,
): Promise<FileResult> {
  const startedAt = performance.now();
  const { signal } = new AbortController();
  try {
    const kind = await kindOfFile(path);
    const document: Document = {
      file: { path, kind },
      fileName: basename(path),
      profileName: null,
      pages: pagesInMemory(),
      log,
    };
    const show = (stage: { page: number; of: number }) => bar.page(path, stage.page, stage.of);
    const reading = await readUpload(reader.reading(document), show, signal);
    const answer = await think(document.fileName, reading, {
      ...reader.minds(document, signal),
      fallback: config.llm.fallback,
      // Nobody waits for a model's return here: the document's own sentences are better than nothing.
      patience: 'give_up',
      onProgress: (part, of) => bar.part(path, part, of),
    });
    return { ok: true, file: path, answer, outline: reading.outline, ms: Math.round(performance.now() - startedAt) };
  } catch (thrown) {
    const error = toAppError(thrown);
    log.debug({ file: path, code: error.code, reason: error.message }, 'not read');
    return { ok: false, file: path, code: error.code, message: error.message };
  }
}

function pagesInMemory(): Document['pages'] {
  const kept: PageScan[] = [];
  return { kept: () => kept, keep: (scan) => void kept.push(scan) };
}

/** By the first bytes. Throws `file_not_found`, `empty_file`, `not_a_document`. */
async function kindOfFile(path: string): Promise<MediaKind> {
  try {
    await using file = await open(path);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    if (bytesRead === 0) throw new AppError('empty_file', 'the file has no bytes');
    const kind = await kindOf(buffer.subarray(0, bytesRead));
    if (!kind) throw new AppError('not_a_document', 'neither a PDF nor a picture');
    return kind;
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('file_not_found', (cause as Error).message, { cause });
  }
}

/** Runs `readOne` on at most `atOnce` files and prints each result as soon as those before it are printed. */
async function printInOrder(
  files: string[],
  atOnce: number,
  readOne: (file: string) => Promise<FileResult>,
  print: (result: FileResult) => void,
): Promise<0 | 1> {
  const results = new Map<number, FileResult>();
  let next = 0;
  let printed = 0;
  let exit: 0 | 1 = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < files.length; index = next++) {
      results.set(index, await readOne(files[index] as string));
      for (let ready = results.get(printed); ready; ready = results.get(printed)) {
        print(ready);
        if (!ready.ok) exit = 1;
        results.delete(printed);
        printed += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, files.length) }, work));
  return exit;
}
