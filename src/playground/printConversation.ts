// Owns the transcript of a room for the terminal.
import { stripVTControlCharacters } from 'node:util';
import type { ViewedFile, ViewedMessage } from './conversation.ts';

export type PrintOptions = {
  /** Default: the localpart. */
  nameOf?: (userId: string) => string;
};

/**
 * The messages as text, threads indented under their root, one empty line between the room's messages:
 *
 *     anna: please read this
 *       [invoice.pdf, 84 kB]
 *       👀 lector  ✅ lector
 *       lector (edited): An invoice over …
 */
export function printConversation(view: readonly ViewedMessage[], options: PrintOptions = {}): string {
  const { nameOf = localpart } = options;
  return view.map((message) => printMessage(message, nameOf).join('\n')).join('\n\n');
}

const localpart = (userId: string) => userId.replace(/^@([^:]*):.*$/, '$1');

function printMessage(message: ViewedMessage, nameOf: (userId: string) => string): string[] {
  const { sender, edited, mentions, reactions, file, replies } = message;
  const [first = '', ...rest] = bodyOf(message).split('\n');
  const toWhom = mentions.length === 0 ? '' : ` → ${mentions.map(nameOf).join(', ')}`;
  const below = [
    ...rest,
    ...(file ? [printFile(file)] : []),
    ...(reactions.length > 0 ? [reactions.map(({ key, sender }) => `${clean(key)} ${nameOf(sender)}`).join('  ')] : []),
    ...replies.flatMap((reply) => printMessage(reply, nameOf)),
  ];
  return [`${nameOf(sender)}${edited ? ' (edited)' : ''}${toWhom}: ${first}`.trimEnd(), ...below.map(indent)];
}

const indent = (line: string) => (line === '' ? '' : `  ${line}`);

function bodyOf({ type, body, redacted, file }: ViewedMessage): string {
  if (redacted) return '(message removed)';
  if (type === 'm.room.encrypted') return '(encrypted)';
  return file && file.name === body ? '' : clean(body);
}

function printFile({ name, bytes }: ViewedFile): string {
  return `[${clean(name)}${bytes === null ? '' : `, ${size(bytes)}`}]`;
}

function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1_000_000 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** What members write must not steer the terminal that it is printed on. */
function clean(text: string): string {
  return stripVTControlCharacters(text).replace(/[^\P{Cc}\n\t]/gu, '');
}
