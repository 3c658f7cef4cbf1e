// Owns the step from a claimed job to its file on disk: what is downloaded, ignored, or not even tried.
import { ANSWER_WITHOUT_MODEL_AFTER_MS, CONDEMNED_AFTER_DEATHS, MAX_OUTAGE_MS } from '../../config/limits.ts';
import { AppError, ERRORS, toAppError } from '../domain/errors.ts';
import type { SpooledFile } from '../domain/job.ts';
import type { JobLedger, JobRow } from '../domain/ledger.ts';
import { claimedKind, claimsToBeDocument, type Upload } from '../domain/media.ts';
import type { Model } from '../domain/model.ts';
import type { RoomMode } from '../domain/room.ts';
import { isAway } from './thought.ts';

export type FetchPorts = {
  jobs: Pick<JobLedger, 'cancel' | 'setAside'>;
  /** Of the upload's room, at this moment. */
  mode: RoomMode;
  removeFile(path: string): void;
  model: Pick<Model, 'check'> | null;
  /** When the ledger was put back from a backup; null: it was not. */
  restoredAtMs: number | null;
  isSaidAnew(eventId: string): boolean;
  /** Whether the room holds an answer to the upload that the ledger does not know: it is noted then, and the job has ended. */
  takeOverAnswer(upload: Upload, signal: AbortSignal): Promise<'taken over' | 'none'>;
  /** What the model is away for is answered without it for now. */
  answersWithoutModel: boolean;
  download(upload: Upload, signal: AbortSignal): Promise<SpooledFile | null>;
  status: { taken(upload: Upload): void; forget(upload: Upload): void };
  clock(): number;
};

/**
 * The file of a job; null: it is neither document nor picture, as far as can be told, and is ignored without a word. Throws what
 * ends or delays the job.
 */
export async function fetchUpload(row: JobRow, ports: FetchPorts, signal: AbortSignal): Promise<SpooledFile | null> {
  const { upload } = row;
  if (row.deaths >= CONDEMNED_AFTER_DEATHS)
    throw new AppError('reader_died', `the process died ${row.deaths} times while it was read`);
  await throwIfModelIsAway(row, ports, signal);
  if (await isAnswered(row, ports, signal)) return null;
  const isDeclared = claimsToBeDocument(upload);
  if (isDeclared) ports.status.taken(upload);
  const file = isDeclared ? await ports.download(upload, signal) : await downloadIfAny(upload, ports, signal);
  // A redaction may have come meanwhile.
  if (file && signal.aborted) ports.removeFile(file.path);
  signal.throwIfAborted();
  if (file && isUnwanted(file, upload, ports) && ports.jobs.setAside(upload.eventId)) {
    ports.removeFile(file.path);
    ports.status.forget(upload);
    return null;
  }
  if (file) {
    if (!isDeclared) ports.status.taken(upload);
    return file;
  }
  if (isDeclared) throw new AppError('not_a_document', 'called a PDF or a picture, but its content is neither');
  ports.jobs.cancel(upload.eventId);
  ports.status.forget(upload);
  return null;
}

/** A ledger that was put back does not know what was answered after its backup. */
async function isAnswered(row: JobRow, ports: FetchPorts, signal: AbortSignal): Promise<boolean> {
  const { restoredAtMs, isSaidAnew, takeOverAnswer } = ports;
  if (restoredAtMs === null || row.postedAtMs > restoredAtMs) return false;
  // What is said again, or tried again, is known to have been answered so far by what the ledger knows.
  if (row.quietAfter !== null || isSaidAnew(row.upload.eventId)) return false;
  return (await takeOverAnswer(row.upload, signal)) === 'taken over';
}

/** A picture that was not posted as one, in a room that wants pictures only when it asks for them. */
function isUnwanted(file: SpooledFile, upload: Upload, { mode }: FetchPorts): boolean {
  return file.kind === 'image' && mode === 'documents' && !upload.isAsked && claimedKind(upload) !== 'image';
}

/** A file that nobody called a document is not worth a word when it is empty, gone or too large. */
async function downloadIfAny(upload: Upload, ports: FetchPorts, signal: AbortSignal): Promise<SpooledFile | null> {
  try {
    return await ports.download(upload, signal);
  } catch (error) {
    if (ERRORS[toAppError(error).code].action !== 'refuse') throw error;
    return null;
  }
}

/** A job that waits for the model alone is not downloaded and read again only to learn that it is still away. */
async function throwIfModelIsAway(
  row: JobRow,
  { model, answersWithoutModel, clock }: FetchPorts,
  signal: AbortSignal,
): Promise<void> {
  if (!model || row.errorCode === null || !isAway(row.errorCode)) return;
  const lastedMs = clock() - (row.outageSinceMs ?? clock());
  if (
    lastedMs >= MAX_OUTAGE_MS ||
    (answersWithoutModel && row.quietAfter === null && lastedMs >= ANSWER_WITHOUT_MODEL_AFTER_MS)
  )
    return;
  const check = await model.check(signal);
  if (!check.ok) throw new AppError('model_unavailable', check.detail);
}
