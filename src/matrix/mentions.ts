// Owns whether a message speaks to the bot: by its mentions, or by a name of the bot in its words.
import { fieldsOf } from './events.ts';

/** What the bot goes by; a display name is the one of its profile. */
export type Self = { userId: string; displayName: string | null };

/** What may stand right before a name: no letter, nothing that makes it a command, an alias, an address or a part of one. */
const BEFORE = String.raw`(?<![\p{L}\p{N}_!#$:./\\@-])`;
/** And after it: no letter, and nothing that goes on with the same word, such as a file's ending. */
const AFTER = String.raw`(?![\p{L}\p{N}_]|[./\\@-][\p{L}\p{N}])`;
/** With an @ before it, what follows a colon is the server of somebody else's id. */
const NOT_ELSEWHERE = String.raw`(?!:[\p{L}\p{N}[])`;
/** Shorter names, and those of signs alone, stand in too many texts that are not meant for the bot. */
const NAME = /[\p{L}\p{N}]{2}/u;

/**
 * Whether the content mentions the bot: in `m.mentions` (client-server API, "user and room mentions"), or by its id, localpart or
 * display name as a word of `words`, which is what the sender wrote. Case does not count; `!lector` is a command and no mention.
 */
export function mentions(content: Readonly<Record<string, unknown>>, words: string, self: Self): boolean {
  const { user_ids: userIds } = fieldsOf(content['m.mentions']);
  if (Array.isArray(userIds) && userIds.includes(self.userId)) return true;
  return namesIn(self).test(words);
}

function namesIn({ userId, displayName }: Self): RegExp {
  const localpart = userId.slice(1, userId.indexOf(':'));
  const names = [localpart, displayName?.trim() ?? '']
    .filter((name) => NAME.test(name))
    .map((name) => literal(name).replace(/\s+/g, String.raw`\s+`))
    .flatMap((name) => [`@${name}${AFTER}${NOT_ELSEWHERE}`, `${name}${AFTER}`]);
  const id = `${literal(userId)}${AFTER}${String.raw`(?!:\d)`}`;
  return new RegExp(`${BEFORE}(?:${[id, ...names].join('|')})`, 'iu');
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
}

/** What the sender of a reply wrote: without the quote that clients put before it (client-server API, "rich reply fallbacks"). */
export function withoutQuote(body: string): string {
  const lines = body.split('\n');
  const first = lines.findIndex((line) => !line.startsWith('>'));
  return first < 0 ? '' : lines.slice(first).join('\n');
}
