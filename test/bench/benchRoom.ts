// Owns a room with a member and the bot in it, and the times at which the member posts and sees the answers.
import { createMember, type Member, type SeenEvent } from '../../src/playground/member.ts';
import { registerMember } from '../lab/member.ts';

export type Document = { name: string; bytes: Uint8Array; mime?: string; type?: 'm.file' | 'm.image' };

/** `performance.now()` of this process. */
export type Posted = { eventId: string; postedAtMs: number };

export type BenchRoom = {
  /** Uploads the document and posts it; the time is that before the upload. */
  post(document: Document): Promise<Posted>;
  /** Posts the same media `count` times, as fast as the homeserver takes them. */
  postCopies(document: Document, count: number): Promise<Posted[]>;
  /** When the member's sync brought the answer (a status notice is none), or null: none came in time. */
  answeredAtMs(posted: Posted, timeoutMs: number): Promise<number | null>;
  close(): Promise<void>;
};

const WELCOME_WITHIN_MS = 30_000;

/** Opens a room with the bot, which must be running, and waits for its welcome. */
export async function openRoom(homeserverUrl: string, botId: string): Promise<BenchRoom> {
  const { userId, password } = await registerMember(homeserverUrl, 'anna');
  const member = await createMember({ homeserverUrl, user: userId, password });
  const roomId = await member.createRoom({ invite: [botId] });
  const isWelcome = ({ sender, type }: SeenEvent) => sender === botId && type === 'm.room.message';
  await member.waitFor(roomId, isWelcome, { timeoutMs: WELCOME_WITHIN_MS, description: 'welcome' });
  return {
    async post({ mime = 'application/pdf', ...document }) {
      const postedAtMs = performance.now();
      const { eventId } = await member.postFile(roomId, { ...document, mime });
      return { eventId, postedAtMs };
    },
    postCopies: (document, count) => postCopies(member, roomId, document, count),
    answeredAtMs: (posted, timeoutMs) => waitForAnswer(member, roomId, botId, posted.eventId, timeoutMs),
    close: member.close,
  };
}

async function postCopies(member: Member, roomId: string, document: Document, count: number): Promise<Posted[]> {
  const url = await member.uploadMedia(document.bytes, 'application/pdf', document.name);
  const info = { mimetype: 'application/pdf', size: document.bytes.length };
  const content = { msgtype: 'm.file', body: document.name, filename: document.name, url, info };
  const post = async (): Promise<Posted> => {
    const postedAtMs = performance.now();
    return { ...(await member.sendEvent(roomId, 'm.room.message', content)), postedAtMs };
  };
  return Promise.all(Array.from({ length: count }, post));
}

async function waitForAnswer(
  member: Member,
  roomId: string,
  botId: string,
  uploadId: string,
  timeoutMs: number,
): Promise<number | null> {
  const isAnswer = answerTo(uploadId, botId);
  let seenAtMs: number | null = null;
  const look = (event: SeenEvent): boolean => {
    if (!isAnswer(event)) return false;
    seenAtMs = performance.now();
    return true;
  };
  await member.waitFor(roomId, look, { timeoutMs }).catch(() => null);
  return seenAtMs;
}

type Content = { body?: string; 'm.relates_to'?: { rel_type?: string; event_id?: string }; 'm.new_content'?: Content };

/** A notice in the upload's thread, or the edit that turns its status notice into one. To be shown events in order. */
function answerTo(uploadId: string, botId: string): (event: SeenEvent) => boolean {
  let statusId: string | undefined;
  return (event) => {
    if (event.sender !== botId || event.type !== 'm.room.message') return false;
    const content = event.content as Content;
    const { rel_type: relation, event_id: target } = content['m.relates_to'] ?? {};
    const isEdit = relation === 'm.replace' && target === statusId;
    if (!isEdit && !(relation === 'm.thread' && target === uploadId)) return false;
    const isStatus = (isEdit ? content['m.new_content'] : content)?.body?.startsWith('⏳') ?? false;
    if (isStatus && !isEdit) statusId = event.event_id;
    return !isStatus;
  };
}
