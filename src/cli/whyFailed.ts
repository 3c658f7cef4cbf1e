// Owns what an operator reads as the reason that an upload failed: what happened, not what a member should do.
import type { ErrorCode } from '../domain/errors.ts';

const REASONS: Partial<Record<ErrorCode, string>> = {
  homeserver_unavailable: 'the homeserver was away for too long',
  homeserver_rate_limited: 'the homeserver limited Lector for too long',
  homeserver_refused: 'the homeserver refused a request',
  media_unavailable: 'the homeserver could not send the file',
  storage_full: 'the disk with DATA_DIR was full for too long',
  storage_unwritable: 'DATA_DIR could not be written for too long',
  storage_locked: 'the database was locked for too long',
  model_unavailable: 'the language model was away for too long',
  model_rate_limited: 'the language model limited Lector for too long',
  model_failed: 'the language model gave no usable answer',
  model_cannot_see: 'the language model takes no pictures',
  model_context_exceeded: 'it does not fit into the context of the language model',
  thread_crashed: 'the reading thread crashed on it, twice',
  reader_died: 'the process that read it alone died of it, twice',
  internal: 'an error in Lector; the log has it',
};

/** In a few words. */
export function whyFailed(code: ErrorCode | null): string {
  if (code === null) return 'not known';
  return REASONS[code] ?? code.replaceAll('_', ' ');
}
