// Owns the end of jobs: what was found becomes replies, saved before anything is sent, for one upload or several answered together.
import { ATTACH_TEXT_OVER_CHARS } from '../../config/limits.ts';
import type { Answer } from '../domain/answer.ts';
import { type ErrorCode, toAppError } from '../domain/errors.ts';
import type { JobEnd, JobEnding, JobLedger, JobRow, ReplyLedger } from '../domain/ledger.ts';
import type { Log } from '../domain/log.ts';
import type { Upload } from '../domain/media.ts';
import type { Note } from '../domain/reading.ts';
import type { Rendered } from './content.ts';
import { fieldsFile, textFile } from './files.ts';
import { renderAnswer, renderAnswers } from './render.ts';
import { type Attachment, endReplies, type Mark, sharedReplies, silentReplies } from './replies.ts';
import { revisedReplies } from './revising.ts';
import { isProvisional } from './think.ts';

export type EndPorts = {
  jobs: Pick<JobLedger, 'get' | 'saveReplies' | 'leave'>;
  replies: Pick<ReplyLedger, 'find' | 'answeredWith'>;
  transaction<T>(work: () => T): T;
  status: {
    /** Ends the status notice's life of its own; returns its event id if one stands in the thread. */
    settle(upload: Upload): Promise<string | null>;
  };
  /** Puts a file up and returns its `mxc://` address. */
  uploadFile(file: { text: string; name: string; mime: string }, signal: AbortSignal): Promise<string>;
  /** Sends what was saved for the jobs, one after the other, and ends them. */
  deliver(jobIds: string[]): Promise<void>;
  clock(): number;
};

export type Answered = { upload: Upload; answer: Answer };
export type Ending = {
  end: JobEnd;
  code: ErrorCode | null;
  rendered: Rendered;
  mark: Mark;
  /** The model is to think it over when it is back. */
  isProvisional: boolean;
};

/** Saves and sends one message for an upload, with its files. */
export async function endJob(
  upload: Upload,
  ending: Ending,
  attachments: Attachment[],
  ports: EndPorts,
): Promise<void> {
  const statusEventId = await ports.status.settle(upload);
  const row = ports.jobs.get(upload.eventId);
  if (row?.quietAfter) return endQuietly(row, ending, attachments, ports);
  const replies = endReplies({ upload, ...ending, elapsedMs: elapsedMs(upload, ports), statusEventId, attachments });
  if (!ports.jobs.saveReplies(upload.eventId, replies, jobEnding(ending))) return;
  await ports.deliver([upload.eventId]);
}

/** Of a retry that nobody asked for a member hears only when it brought something better than what was said. */
async function endQuietly(
  { upload, quietAfter }: JobRow,
  ending: Ending,
  attachments: Attachment[],
  ports: EndPorts,
): Promise<void> {
  const { eventId } = upload;
  if (ending.end !== 'done' || ending.isProvisional) return ports.jobs.leave(eventId);
  const markBefore: Mark = quietAfter === 'failed' ? 'failed' : 'done';
  const replies = revisedReplies({ upload, ...ending, markBefore, attachments }, ports.replies);
  if (!ports.jobs.saveReplies(eventId, replies, jobEnding(ending))) return;
  await ports.deliver([eventId]);
}

function jobEnding({ end, code, isProvisional }: Ending): JobEnding {
  return { state: end, errorCode: code, isProvisional };
}

/** Ends an upload of which there is nothing to say with a mark alone. */
export async function endSilently(upload: Upload, ports: EndPorts): Promise<void> {
  const statusEventId = await ports.status.settle(upload);
  if (ports.jobs.get(upload.eventId)?.quietAfter) return ports.jobs.leave(upload.eventId);
  const replies = silentReplies(upload, statusEventId);
  if (!ports.jobs.saveReplies(upload.eventId, replies, { state: 'done', errorCode: null })) return;
  await ports.deliver([upload.eventId]);
}

/** Answers uploads together: one message in the thread of the first, a part for each; with one it is an answer like any other. */
export async function endTogether(answered: Answered[], ports: EndPorts, log: Log, signal: AbortSignal): Promise<void> {
  const files = await attachAll(answered, ports, log, signal);
  const [only] = files;
  if (only && files.length === 1) {
    const { answer } = only;
    const ending: Ending = {
      end: 'done',
      code: null,
      rendered: renderAnswer(answer),
      mark: markOf(answer),
      isProvisional: isProvisional(answer),
    };
    return endJob(only.upload, ending, only.attachments, ports);
  }
  const statusIds = await Promise.all(answered.map(({ upload }) => ports.status.settle(upload)));
  const saved = ports.transaction(() => saveShared(files, statusIds, ports));
  await ports.deliver(saved);
}

type Attached = Answered & { attachments: Attachment[] };

/** Uploads that were redacted meanwhile take no part. Returns the ids of the others, the one with the message first. */
function saveShared(files: Attached[], statusIds: (string | null)[], ports: EndPorts): string[] {
  const open = files.flatMap((file, index) => {
    const state = ports.jobs.get(file.upload.eventId)?.state;
    return state === 'thinking' ? [{ ...file, statusEventId: statusIds[index] ?? null }] : [];
  });
  const [lead, ...others] = open;
  if (!lead) return [];
  const rendered = renderAnswers(open.map(({ answer }) => forGood(answer)));
  const end: JobEnding = { state: 'done', errorCode: null };
  const facts = { rendered, mark: markOf(lead.answer), elapsedMs: elapsedMs(lead.upload, ports) };
  ports.jobs.saveReplies(lead.upload.eventId, endReplies({ ...lead, ...facts }), end);
  for (const other of others) {
    const replies = sharedReplies({ ...other, mark: markOf(other.answer) }, lead.upload);
    ports.jobs.saveReplies(other.upload.eventId, replies, end);
  }
  return open.map(({ upload }) => upload.eventId);
}

/** A message that speaks of several uploads is not changed for one of them: what was done without the model stays so. */
function forGood(answer: Answer): Answer {
  const notes = answer.notes.map((note): Note => {
    return note.kind === 'model_later' ? { kind: 'model_fallback', reason: 'it is away' } : note;
  });
  return { ...answer, notes };
}

function markOf(answer: Answer): Mark {
  return answer.hasText || answer.summary.text !== '' ? 'done' : 'nothing';
}

function elapsedMs(upload: Upload, ports: EndPorts): number {
  const nowMs = ports.clock();
  return nowMs - (ports.jobs.get(upload.eventId)?.postedAtMs ?? nowMs);
}

function attachAll(answered: Answered[], ports: EndPorts, log: Log, signal: AbortSignal): Promise<Attached[]> {
  return Promise.all(answered.map((one) => attach(one, ports, log, signal)));
}

/** The whole text when it is long, the fields when there are any; what the homeserver does not take is left out and told. */
async function attach({ upload, answer }: Answered, ports: EndPorts, log: Log, signal: AbortSignal): Promise<Attached> {
  const length = answer.pages.reduce((sum, { text }) => sum + text.length, 0);
  const files = [
    ...(length > ATTACH_TEXT_OVER_CHARS ? [textFile(answer)] : []),
    ...(answer.fields ? [fieldsFile(answer.fileName, answer.fields)] : []),
  ];
  const attachments: Attachment[] = [];
  let whole = answer;
  for (const { part, ...file } of files) {
    try {
      const mxcUri = await ports.uploadFile(file, signal);
      attachments.push({ part, name: file.name, mime: file.mime, mxcUri, bytes: Buffer.byteLength(file.text) });
      if (part === 'text') whole = { ...whole, attachment: 'attached' };
    } catch (thrown) {
      const error = toAppError(thrown);
      if (signal.aborted || error.code !== 'homeserver_refused') throw thrown;
      log.warn({ code: error.code, reason: error.message, part }, 'the homeserver did not take a file');
      whole = {
        ...whole,
        notes: [...whole.notes, { kind: part === 'text' ? 'text_not_attached' : 'fields_not_attached' }],
      };
    }
  }
  return { upload, answer: whole, attachments };
}
