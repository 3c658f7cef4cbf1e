// Owns what the members of a chaos run do: uploads for the most part, and everything else that a room lives by.
import type { Content } from '../../src/playground/events.ts';
import { brokenPapers, type Fate, otherFiles, type Paper, readablePapers } from './papers.ts';
import type { Random } from './random.ts';
import type { Town, Townsman } from './town.ts';

/** `isRedacted`: its member wants it gone, whether or not the homeserver has said so yet. */
export type PostedUpload = { eventId: string; roomId: string; sender: Townsman; fate: Fate; isRedacted: boolean };
export type PostedCommand = { eventId: string; roomId: string };

export type Storm = {
  uploads: PostedUpload[];
  commands: PostedCommand[];
  /** Posts so many events, some at the same time; resolves when all of them stand in their rooms. */
  blow(count: number): Promise<void>;
};

type Act = 'paper' | 'broken' | 'other' | 'text' | 'reaction' | 'redaction' | 'edit' | 'command';
/** Parts of a hundred events. */
const ACTS: [Act, number][] = [
  ['paper', 60],
  ['broken', 5],
  ['other', 6],
  ['text', 11],
  ['reaction', 6],
  ['redaction', 6],
  ['edit', 4],
  ['command', 2],
];
const DECK = ACTS.flatMap(([act, parts]) => Array.from({ length: parts }, () => act));
const COMMANDS = ['!lector help', '!lector status', '!lector mode'];
const AT_ONCE = 6;

/** Uploads the files once, to be posted again and again. */
export async function createStorm(town: Town, random: Random): Promise<Storm> {
  const shelf = {
    paper: await shelve(town, readablePapers()),
    broken: await shelve(town, brokenPapers()),
    other: await shelve(town, otherFiles()),
  };
  const uploads: PostedUpload[] = [];
  const commands: PostedCommand[] = [];

  const postFile = async (file: ShelvedPaper): Promise<void> => {
    const { roomId, members } = random.pick(town.rooms);
    const sender = random.pick(members);
    const eventId = await sender.send(roomId, 'm.room.message', contentOf(file));
    uploads.push({ eventId, roomId, sender, fate: file.paper.fate, isRedacted: false });
  };

  const say = async (text: string): Promise<PostedCommand> => {
    const { roomId, members } = random.pick(town.rooms);
    const eventId = await random.pick(members).send(roomId, 'm.room.message', { msgtype: 'm.text', body: text });
    return { eventId, roomId };
  };

  const act = async (): Promise<void> => {
    const what = random.pick(DECK);
    const target = uploads.length > 0 ? random.pick(uploads) : null;
    if (what === 'paper' || what === 'broken' || what === 'other') return postFile(random.pick(shelf[what]));
    if (what === 'command') return void commands.push(await say(random.pick(COMMANDS)));
    if (what === 'text' || !target || target.isRedacted) return void (await say('Has anybody seen the keys?'));
    if (what === 'redaction') return redact(target);
    await target.sender.send(
      target.roomId,
      ...(what === 'edit' ? editOf(target, random.pick(shelf.paper)) : liking(target)),
    );
  };

  return {
    uploads,
    commands,
    async blow(count) {
      let left = count;
      const one = async () => {
        while (left > 0) {
          left -= 1;
          await act();
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, one));
    },
  };
}

type ShelvedPaper = { paper: Paper; url: string };

async function shelve({ members }: Town, papers: Paper[]): Promise<ShelvedPaper[]> {
  const [member] = members as [Townsman];
  return Promise.all(
    papers.map(async (paper) => ({ paper, url: await member.upload(paper.bytes, paper.mime, paper.name) })),
  );
}

function contentOf({ paper: { name, mime, msgtype, bytes }, url }: ShelvedPaper): Content {
  return {
    msgtype,
    body: name,
    filename: name,
    url,
    info: { mimetype: mime, size: bytes.byteLength },
    'm.mentions': {},
  };
}

async function redact(upload: PostedUpload): Promise<void> {
  upload.isRedacted = true;
  await upload.sender.redact(upload.roomId, upload.eventId);
}

/** An edit of an upload is no new upload, whatever file it names. */
function editOf({ eventId }: PostedUpload, file: ShelvedPaper): [type: string, content: Content] {
  const content = contentOf(file);
  const relation = { rel_type: 'm.replace', event_id: eventId };
  return ['m.room.message', { ...content, 'm.new_content': content, 'm.relates_to': relation }];
}

let likes = 0;

/** A key of its own each time: the same reaction twice is refused. */
function liking({ eventId }: PostedUpload): [type: string, content: Content] {
  likes += 1;
  return ['m.reaction', { 'm.relates_to': { rel_type: 'm.annotation', event_id: eventId, key: `👍${likes}` } }];
}
