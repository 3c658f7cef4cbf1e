// Owns the verdict of a chaos run: what is wrong, judged by the events of the rooms as members see them.
import { type ViewedMessage, viewRoom } from '../../src/playground/conversation.ts';
import type { RoomEvent } from '../../src/playground/events.ts';
import { WORDS } from './papers.ts';
import type { PostedUpload, Storm } from './storm.ts';
import type { Town } from './town.ts';

export type Verdict = {
  answered: number;
  refused: number;
  ignored: number;
  redacted: number;
  /** The bot's reactions on redacted uploads: no client shows them. */
  reactionsLeft: number;
  problems: string[];
};

const MARKS = ['✅', '❌', '➖'];

/** Looks at every room once. */
export async function judge(town: Town, storm: Storm, botId: string): Promise<Verdict> {
  const verdict: Verdict = { answered: 0, refused: 0, ignored: 0, redacted: 0, reactionsLeft: 0, problems: [] };
  for (const { roomId, members } of town.rooms) {
    const events = (await members[0]?.history(roomId)) ?? [];
    judgeRoom(roomId, events, storm, botId, verdict);
  }
  return verdict;
}

function judgeRoom(roomId: string, events: RoomEvent[], storm: Storm, botId: string, verdict: Verdict): void {
  const messages = viewRoom(events);
  const byId = new Map(messages.map((message) => [message.eventId, message]));
  const inRoom = <T extends { roomId: string }>(list: T[]) => list.filter((each) => each.roomId === roomId);
  for (const upload of inRoom(storm.uploads)) {
    const message = byId.get(upload.eventId);
    if (message) judgeUpload(upload, message, botId, verdict);
    else verdict.problems.push(`${upload.eventId} is not in its room`);
  }
  for (const { eventId } of inRoom(storm.commands)) {
    const replies = messages.filter(({ sender, inReplyTo }) => sender === botId && inReplyTo === eventId);
    if (replies.length !== 1) verdict.problems.push(`the command ${eventId} has ${replies.length} replies`);
  }
  const greetings = messages.filter(({ sender, body }) => sender === botId && body.startsWith('Hello'));
  if (greetings.length !== 1) verdict.problems.push(`${roomId} was greeted ${greetings.length} times`);
  verdict.problems.push(...doubledEdits(events, botId));
}

function judgeUpload(upload: PostedUpload, message: ViewedMessage, botId: string, verdict: Verdict): void {
  const replies = message.replies.filter(({ sender }) => sender === botId);
  const standing = replies.filter(({ redacted }) => !redacted);
  const marks = message.reactions.filter(({ sender, key }) => sender === botId && MARKS.includes(key));
  const wrong = (what: string) => {
    const said = standing.map(({ eventId, body }) => `${eventId} “${body.slice(0, 60)}”`).join(', ');
    verdict.problems.push(
      `${upload.eventId} (${upload.fate.kind}${upload.isRedacted ? ', redacted' : ''}): ${what} ${said}`,
    );
  };
  if (replies.length > 2) wrong(`${replies.length} messages were sent`);
  if (upload.isRedacted) {
    verdict.redacted += 1;
    verdict.reactionsLeft += marks.length;
    if (standing.length > 0) wrong('answers stand:');
    return;
  }
  verdict[upload.fate.kind] += 1;
  if (upload.fate.kind === 'ignored') {
    if (standing.length + message.reactions.filter(({ sender }) => sender === botId).length > 0)
      wrong('it was noticed');
    return;
  }
  if (standing.length !== 1) wrong(`${standing.length} answers:`);
  const mark = upload.fate.kind === 'answered' ? '✅' : '❌';
  if (marks.length !== 1 || marks[0]?.key !== mark)
    wrong(`marked ${marks.map(({ key }) => key).join('') || 'with nothing'}`);
  const { body = '' } = standing[0] ?? {};
  const found = WORDS.filter((word) => body.includes(word)).join();
  if (found !== (upload.fate.kind === 'answered' ? upload.fate.word : '')) wrong(`its words are “${found}”`);
}

/** An answer that was put into a notice twice, by two transaction ids. */
function doubledEdits(events: RoomEvent[], botId: string): string[] {
  const seen = new Set<string>();
  return events.flatMap(({ sender, content }) => {
    const relation = content['m.relates_to'] as { rel_type?: string; event_id?: string } | undefined;
    const body = String(content.body);
    if (sender !== botId || relation?.rel_type !== 'm.replace' || body.includes('⏳')) return [];
    const key = `${relation.event_id} ${body}`;
    const isDouble = seen.has(key);
    seen.add(key);
    return isDouble ? [`the same edit of ${relation.event_id} was sent twice`] : [];
  });
}
