// Owns the command `read`: the same reading and summary as in a room, on files here.
import { basename } from 'node:path';
import type { Config } from '../../config/env.ts';
import type { Answer } from '../domain/answer.ts';
import { type AppError, type ErrorCode, toAppError } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import type { Reading } from '../domain/reading.ts';
import { createModel } from '../llm/createModel.ts';
import { readRequest } from '../pipeline/readRequest.ts';
import { failureText, noteText, renderAnswer } from '../pipeline/render.ts';
import { createSummariser } from '../pipeline/summariser.ts';
import { think } from '../pipeline/think.ts';
import { createPool } from '../pool/pool.ts';
import { createReadBar } from './readBar.ts';

export type ReadDeps = {
  config: Config;
  log: Log;
  files: string[];
  json: boolean;
  compileCacheDir: string;
  stdout: NodeJS.WritableStream;
  stderr: NodeJS.WriteStream;
};

type FileResult =
  | { ok: true; file: string; answer: Answer; reading: Reading; ms: number }
  | { ok: false; file: string; code: ErrorCode; message: string };

const SOFT_SHARE = 0.9;

/** Reads the files, as many at once as there are threads, and prints them in the order given. Returns 1 if any failed. */
export async function read(deps: ReadDeps): Promise<0 | 1> {
  const { config, log, files, json, compileCacheDir, stdout } = deps;
  const { work, limits } = config;
  const pool = createPool({ threads: work.threads, memoryMb: limits.workerMemoryMb, compileCacheDir, log });
  const model = createModel(config.llm, log);
  const bar = createReadBar(files.length, deps.stderr);
  const signal = new AbortController().signal;
  const readOne = async (file: string): Promise<FileResult> => {
    const startedAt = performance.now();
    try {
      const { jobTimeoutMs } = config.limits;
      const request = readRequest(file, config.limits, Math.floor(jobTimeoutMs * SOFT_SHARE));
      const onProgress = ({ page, of }: { page: number; of: number }) => bar.page(file, page, of);
      const reading = await pool.read(request, { signal, hardTimeoutMs: jobTimeoutMs, onProgress });
      const answer = await think(basename(file), reading, {
        summariser: createSummariser(model, config, log, signal),
        fallback: config.llm.fallback,
        // Nobody waits for a model's return here: the document's own sentences are better than nothing.
        outageIsTooLong: true,
        onProgress: (part, of) => bar.part(file, part, of),
      });
      return { ok: true, file, answer, reading, ms: Math.round(performance.now() - startedAt) };
    } catch (thrown) {
      const error = toAppError(thrown);
      log.debug({ file, code: error.code, reason: error.message }, 'not read');
      return { ok: false, file, code: error.code, message: messageFor(error, config) };
    } finally {
      bar.done();
    }
  };
  try {
    return await printInOrder(files, config.work.threads, readOne, (result) => {
      bar.clear();
      stdout.write(json ? `${JSON.stringify(toJson(result))}\n` : `${toText(result)}\n`);
    });
  } finally {
    bar.clear();
    await pool.close();
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

function messageFor(error: AppError, config: Config): string {
  if (error.code === 'file_not_found') return `it cannot be opened (${error.message})`;
  if (error.code === 'not_a_document') return 'this is no PDF.';
  return failureText(error.code, config.limits);
}

function toJson(result: FileResult): object {
  if (!result.ok) return result;
  const { file, answer, reading, ms } = result;
  return {
    file,
    ok: true,
    kind: reading.kind,
    pageCount: reading.pageCount,
    pagesRead: answer.pagesRead,
    pages: reading.pages,
    title: reading.title,
    author: reading.author,
    outline: reading.outline,
    language: reading.language,
    summary: answer.summary.text,
    keyPoints: answer.summary.keyPoints,
    fields: {},
    notes: answer.notes.map(noteText),
    ms,
  };
}

function toText(result: FileResult): string {
  if (!result.ok) return `${result.file}: ${result.message}\n`;
  return `${renderAnswer(result.answer).body}\n`;
}
