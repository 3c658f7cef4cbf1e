// Owns what is run, in a thread or in a process alone: a task, how long it may take, and what its answer must look like.
import type { TransferListItem } from 'node:worker_threads';
import type { z } from 'zod';
import { AppError, type ErrorCode } from '../domain/errors.ts';

/**
 * What a reader makes while it reads dies young: room for it makes the process larger and, from here on, reading no faster. With 16
 * the bot peaked at 450–474 MB over the corpus (two threads, 32 documents), with 8 at 423–447 (`node test/bench/bot.ts lag`).
 */
export const YOUNG_MB = 8;

export type JobOptions = {
  signal: AbortSignal;
  /** From the moment that a thread is free; when it passes, the thread is ended. */
  hardTimeoutMs: number;
  /** In a process of its own instead of a thread: for a file that is suspected of taking the whole process along. */
  alone?: boolean | undefined;
};

export type Failure = { ok: false; code: ErrorCode; message: string };

export type Answer = { ok: true } | Failure;

/** The answer of a job that went well. */
export type Success<S extends z.ZodType<Answer>> = Extract<z.infer<S>, { ok: true }>;

/** `task` is called once there is room for it; what it transfers goes to threads only. */
export type Job<S extends z.ZodType<Answer>> = {
  task(): { task: unknown; transferList?: TransferListItem[] };
  answer: S;
};

/** Throws AppError with the code that was answered, `internal` for an answer that is none. */
export function successOf<S extends z.ZodType<Answer>>(answer: unknown, schema: S): Success<S> {
  const { data, error } = schema.safeParse(answer);
  if (!data) throw new AppError('internal', 'a thread gave no valid result', { cause: error });
  if (data.ok) return data as Success<S>;
  throw new AppError(data.code, data.message);
}
