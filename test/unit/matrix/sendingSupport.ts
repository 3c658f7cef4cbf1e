// Owns what the tests of sending share: replies, a homeserver that answers when and as a test says, and a ledger.
import { onTestFinished } from 'vitest';
import { AppError } from '../../../src/domain/errors.ts';
import type { Reply, ReplyPart } from '../../../src/domain/reply.ts';
import { openLedger } from '../../../src/ledger/ledger.ts';

export function aReply(sourceEventId: string, part: ReplyPart = 'answer', roomId = '!papers:here'): Reply {
  const content = { msgtype: 'm.notice', body: `${part} to ${sourceEventId}` };
  return { roomId, sourceEventId, part, body: { kind: 'message', content }, optional: part !== 'answer' };
}

/** A ledger in memory that is closed when the test ends. */
export function aLedger() {
  const ledger = openLedger(':memory:', Date.now);
  onTestFinished(() => ledger.close());
  return ledger;
}

/** For senders whose replies are all new. */
export const NO_SEARCH = { findSent: async () => null, loggedInAtMs: 0 };

type Put = { reply: Reply; revision: number; answer(): void; fail(error: unknown): void };

/** Every `put` waits in `open` until the test answers it; `sent` names those that were. */
export function aHomeserver() {
  const open: Put[] = [];
  const sent: string[] = [];
  const nameOf = (reply: Reply, revision: number) =>
    `${reply.part} ${reply.sourceEventId}${revision > 0 ? ' edited' : ''}`;
  const put = (reply: Reply, revision: number): Promise<string> => {
    const settled = Promise.withResolvers<string>();
    const leave = () => open.splice(open.indexOf(entry), 1);
    const entry: Put = {
      reply,
      revision,
      answer() {
        leave();
        sent.push(nameOf(reply, revision));
        settled.resolve(`$sent-${nameOf(reply, revision).replaceAll(' ', '-')}`);
      },
      fail(error) {
        leave();
        settled.reject(error);
      },
    };
    open.push(entry);
    return settled.promise;
  };
  const next = () => {
    const [first] = open;
    if (!first) throw new Error('nothing is being sent');
    return first;
  };
  return { put, open, sent, next, openNames: () => open.map(({ reply, revision }) => nameOf(reply, revision)) };
}

export const limited = (retryAfterMs?: number) => new AppError('homeserver_rate_limited', '429', { retryAfterMs });
export const away = () => new AppError('homeserver_unavailable', 'connection refused');
export const failing = () =>
  new AppError('homeserver_unavailable', '500 M_UNKNOWN', { cause: { status: 500, errcode: 'M_UNKNOWN', error: '' } });
export const loginEnded = () =>
  new AppError('homeserver_refused', '401', { cause: { status: 401, errcode: 'M_UNKNOWN_TOKEN', error: '' } });
export const refused = () => new AppError('homeserver_refused', '403 M_FORBIDDEN');
export const diskFull = () => new AppError('storage_full', 'the disk is full');
