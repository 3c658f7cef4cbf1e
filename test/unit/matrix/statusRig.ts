// Owns the board of the tests of status notices: its homeserver answers when a test says, and what it wants redacted is kept.
import { vi } from 'vitest';
import type { Upload } from '../../../src/domain/media.ts';
import type { Reply } from '../../../src/domain/reply.ts';
import { SendBudget } from '../../../src/matrix/budget.ts';
import { createSender } from '../../../src/matrix/sender.ts';
import { createStatusBoard } from '../../../src/matrix/status.ts';
import { createRecordingLog } from '../../fixtures/recordingLog.ts';
import { anUpload } from '../../fixtures/uploads.ts';
import { aHomeserver, aLedger, aReply, NO_SEARCH } from './sendingSupport.ts';

export const upload = anUpload({ eventId: '$a' });
export const STATUS_ID = '$sent-status-$a';

export const noticeOf = ({ eventId }: Upload, stage: string, edited: string | null): Reply => {
  const text = edited ? `edit of ${edited}: ${stage}` : stage;
  return { ...aReply(eventId, 'status'), body: { kind: 'message', content: { body: text } } };
};

export const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

/** Wants fake timers. */
export function createStatusRig() {
  const ledger = aLedger();
  const homeserver = aHomeserver();
  const budget = new SendBudget(Date.now);
  /** What the board wants redacted, in the order it says so. */
  const gone: string[] = [];
  const { log } = createRecordingLog();
  const bodies = () =>
    homeserver.open.map(({ reply }) => (reply.body.kind === 'message' ? reply.body.content.body : reply.body.kind));
  const rig = {
    ledger,
    homeserver,
    budget,
    gone,
    bodies,
    answersToCome: 1,
    /** Answers what is being sent and tells what it said. */
    async shown() {
      const said = bodies();
      homeserver.next().answer();
      await pass();
      return said;
    },
    startBoard() {
      const sender = createSender({
        ...NO_SEARCH,
        put: homeserver.put,
        replies: ledger.replies,
        takeBack: ({ part }, sentEventId) => gone.push(`${part} that came back as ${sentEventId}`),
        budget,
        answersToCome: () => rig.answersToCome,
        signal: new AbortController().signal,
        clock: Date.now,
        log,
      });
      return createStatusBoard<string>({
        sender,
        replies: ledger.replies,
        render: (of, stage, edited) => ({ reply: noticeOf(of, stage, edited), text: stage }),
        renderTaken: ({ eventId }) => aReply(eventId, 'taken'),
        answersToCome: () => rig.answersToCome,
        takeBack: (_roomId, sentEventId) => gone.push(sentEventId),
        takeBackNotice({ eventId }, sentEventId, ended) {
          const notice = sentEventId ?? ledger.replies.find(eventId, 'status')?.sentEventId ?? 'whatever was sent';
          ledger.replies.takeBackNotice(eventId);
          void ended.then(() => gone.push(`the notice: ${notice}`));
        },
        clock: Date.now,
        log,
      });
    },
  };
  return rig;
}
