// Owns the sentence that a member reads when an upload cannot be answered: what happened, what they can do; never a stack or a path.
import type { ErrorCode } from '../domain/errors.ts';
import type { Rendered } from './content.ts';
import { escapeHtml, shortTitle } from './html.ts';

const MIB = 1024 * 1024;

export type RefusalFacts = { fileName: string; maxFileBytes: number };

/** The sentence that a member reads when an upload cannot be answered. */
export function renderFailure(code: ErrorCode, facts: RefusalFacts): Rendered {
  const name = shortTitle(facts.fileName);
  const text = `${name}: ${failureText(code, facts)}`;
  return { body: text, html: `<p><strong>${escapeHtml(name)}</strong>: ${escapeHtml(failureText(code, facts))}</p>` };
}

/** What happened and what can be done, for a member. */
export function failureText(code: ErrorCode, { maxFileBytes }: Pick<RefusalFacts, 'maxFileBytes'>): string {
  switch (code) {
    case 'not_a_document':
      return 'this is called a PDF or a picture, but its content is neither. Please send the file itself.';
    case 'empty_file':
      return 'the file is empty. Please send it again.';
    case 'unreadable':
      return 'the file is damaged beyond reading. Please save or export it anew and send it again.';
    case 'picture_unsupported':
      return 'pictures of this kind are not read here. Please send it as PNG or JPEG.';
    case 'picture_too_small':
      return 'the picture is too small to read. Please send it in its full size.';
    case 'picture_blank':
      return 'there is nothing on the picture to read. If there should be, please send it again.';
    case 'picture_blurred':
      return 'the picture is too blurred to read. Please take it again, with a steady hand and more light.';
    case 'password_needed':
      return 'the PDF is protected by a password. Please send a copy without one.';
    case 'too_large':
      return `the file is larger than ${Math.floor(maxFileBytes / MIB)} MB, or what it unpacks to is more than is safe here. Please send a smaller one, or its parts.`;
    case 'media_missing':
      return 'the homeserver no longer has this file. Please send it again.';
    case 'media_unavailable':
    case 'homeserver_unavailable':
    case 'homeserver_rate_limited':
      return 'the file could not be downloaded from the homeserver, after several tries. Please send it again later.';
    case 'timeout':
      return 'reading took longer than the limit here. Please send a part of it.';
    case 'out_of_memory':
      return 'reading needs more memory than is allowed here. Please send a part of it.';
    case 'thread_crashed':
    case 'reader_died':
      return 'reading it broke off each time it was tried. Please save or export it anew and send it again.';
    case 'storage_full':
    case 'storage_unwritable':
    case 'storage_locked':
      return 'there was no disk to work on here, for too long. Please tell whoever runs this bot, and send it again later.';
    case 'model_unavailable':
    case 'model_rate_limited':
      return 'the language model has been away for too long. Please send it again later.';
    case 'model_failed':
    case 'model_context_exceeded':
      return 'the language model gave no usable answer. Please tell whoever runs this bot.';
    default:
      return 'something went wrong here while reading it. Please tell whoever runs this bot.';
  }
}
