// Owns posting documents and waiting until the bot is done with them.

import { fieldsOf } from '../../src/matrix/events.ts';
import type { Member } from '../../src/playground/member.ts';

export type Document = { name: string; bytes: Uint8Array; mime: string };
export type Posted<D extends Document = Document> = { eventId: string; document: D };

/** Posts all at once, as a client does with files dropped into the room. */
export function post<D extends Document>(member: Member, roomId: string, documents: D[]): Promise<Posted<D>[]> {
  return Promise.all(documents.map(async (document) => ({ document, ...(await member.postFile(roomId, document)) })));
}

/** Puts the files up first and sends the messages then: nothing but the sends themselves lies between them. */
export async function postPrepared<D extends Document>(
  members: Member[],
  roomId: string,
  documents: D[],
): Promise<Posted<D>[]> {
  const prepared = await Promise.all(
    documents.map(async (document, index) => {
      const member = members[index % members.length] as Member;
      return { member, document, url: await member.uploadMedia(document.bytes, document.mime, document.name) };
    }),
  );
  const sends = prepared.map(async ({ member, document, url }) => {
    const info = { mimetype: document.mime, size: document.bytes.byteLength };
    const content = { msgtype: 'm.file', body: document.name, filename: document.name, url, info };
    return { document, ...(await member.sendEvent(roomId, 'm.room.message', content)) };
  });
  return Promise.all(sends);
}

/** Waits for the bot's ✅ or ❌ on each: it comes after everything else that there is to say. */
export async function marked(
  member: Member,
  roomId: string,
  botId: string,
  posted: Posted[],
  timeoutMs = 60_000,
): Promise<void> {
  const waits = posted.map(({ eventId, document }) =>
    member.waitFor(
      roomId,
      ({ sender, type, content }) => {
        const { event_id, key } = fieldsOf(content['m.relates_to']);
        return sender === botId && type === 'm.reaction' && event_id === eventId && key !== '👀';
      },
      { timeoutMs, description: `✅ or ❌ on ${document.name}` },
    ),
  );
  await Promise.all(waits);
}
