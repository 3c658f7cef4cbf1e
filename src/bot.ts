// Owns the joining of the parts for one logged-in account: what comes from the rooms goes through the line of jobs and back.
import type { Config } from '../config/env.ts';
import type { DocumentReader } from './documentReader.ts';
import type { SyncBatch } from './domain/incoming.ts';
import type { Ledger } from './domain/ledger.ts';
import type { Log } from './domain/log.ts';
import type { Meter } from './domain/meter.ts';
import type { Model } from './domain/model.ts';
import type { Profiles } from './domain/profile.ts';
import { type JobLine, type LineFigures, startJobLine } from './jobLine.ts';
import type { Session } from './matrix/session.ts';
import { runSync, type SyncState } from './matrix/sync.ts';
import { createAccess } from './pipeline/access.ts';
import { createRoomForgetting } from './pipeline/forgetRoom.ts';
import { type ReceiveDeps, receive } from './pipeline/receive.ts';
import type { StatusFacts } from './pipeline/renderRoom.ts';
import { tellModelChange } from './pipeline/roomNotices.ts';
import type { Pool } from './pool/pool.ts';
import { createRoomLink, type RoomLink } from './roomLink.ts';
import { startUpkeep } from './upkeep.ts';

export type BotDeps = {
  config: Config;
  session: Session;
  ledger: Ledger;
  pool: Pick<Pool, 'warm'>;
  reader: DocumentReader;
  profiles: Profiles;
  model: Model | null;
  spoolDir: string;
  removeFile(path: string): void;
  meter: Meter;
  clock(): number;
  log: Log;
  onSyncState(state: SyncState): void;
};

export type Bot = {
  /** Settles when syncing ends: by `stop`, or with the error that ended the login. */
  ended: Promise<void>;
  figures(): LineFigures;
  /** The model has answered after it had failed, or its server is there again. */
  modelIsBack(): void;
  /** Takes nothing new in, finishes what runs up to the time-out, and leaves the rest in the ledger. */
  stop(): Promise<void>;
};

/** Starts everything for one account: resumes what a crash left, then syncs. */
export function startBot(deps: BotDeps): Bot {
  const { config, session, ledger, clock, log } = deps;
  const syncing = new AbortController();
  const answersToCome = () => line.figures().held + ledger.jobs.untaken(config.work.queueMaxSize);
  const link = createRoomLink({ ...deps, answersToCome });
  const line: JobLine = startJobLine({ ...deps, link });
  const receiving = receiveDeps(deps, line);
  const forgetting = createRoomForgetting({ ledger, send: link.send, signal: syncing.signal, log });
  const handle = createHandler(receiving, deps, link, line, forgetting.wake);

  tellModelChange(receiving);
  resume(deps, link, line);
  forgetting.wake();
  const upkeep = startUpkeep({ ...deps, wake: line.wake });
  const ended = runSync(
    {
      client: link.client,
      selfId: session.userId,
      backfillMs: config.storage.backfillMs,
      token: ledger.sync.token,
      isJoined: (roomId) => ledger.rooms.state(roomId) === 'joined',
      handle,
      onState: deps.onSyncState,
      clock,
      log,
    },
    syncing.signal,
  );

  return {
    ended,
    figures: line.figures,
    modelIsBack: upkeep.modelIsBack,
    async stop() {
      const { shutdownTimeoutMs } = config.work;
      upkeep.stop();
      syncing.abort();
      // A send that waits for a homeserver would outlast the drain: its reply is in the ledger.
      const timer = setTimeout(link.close, shutdownTimeoutMs);
      await line.stop(shutdownTimeoutMs);
      clearTimeout(timer);
      link.close();
      await ended.catch(() => undefined);
    },
  };
}

/** Stores a sync and starts what follows from it. */
function createHandler(
  receiving: ReceiveDeps,
  { ledger, meter, log }: BotDeps,
  link: RoomLink,
  line: JobLine,
  forgetMore: () => void,
): (batch: SyncBatch) => void {
  return (batch) => {
    const startedAt = performance.now();
    const { cancelledJobs, replies } = receive(batch, receiving);
    const callbackMs = Math.round((performance.now() - startedAt) * 100) / 100;
    if (batch.incoming.length > 0) log.debug({ events: batch.incoming.length, callbackMs }, 'sync stored');
    for (const jobId of cancelledJobs) {
      line.abort(jobId);
      link.board.forget(jobId);
      // Those whose answer was taken back with that of another upload begin anew.
      if ((ledger.jobs.get(jobId)?.state ?? 'cancelled') === 'cancelled') meter.jobEnded(null, 'cancelled');
    }
    for (const reply of replies) link.send(reply);
    if (batch.incoming.length > 0) forgetMore();
    link.wakeMembership();
    line.wake();
  };
}

function receiveDeps({ config, session, ledger, model, profiles, clock }: BotDeps, line: JobLine): ReceiveDeps {
  const { allowedUsers = null, allowedRooms = null } = config.matrix ?? {};
  const { maxPages, maxFileBytes } = config.limits;
  const statusFacts = (): StatusFacts => {
    const counts = ledger.jobs.counts();
    const atWork = line.figures().active;
    return {
      atWork,
      inLine: Math.max(0, counts.received + counts.queued + counts.reading + counts.thinking - atWork),
      waiting: counts.waiting,
      answered: counts.done,
      failed: counts.refused + counts.failed,
      model: model && {
        name: model.name,
        awayForMs: model.load?.().awayForMs ?? null,
        isDoneWithout: config.llm.fallback,
      },
    };
  };
  const { languages: ocrLanguages } = config.ocr;
  return {
    ledger,
    access: createAccess(session.userId, allowedUsers, allowedRooms),
    admins: config.rooms.admins,
    profiles,
    defaultMode: config.rooms.mode,
    defaultProfile: config.rooms.profile,
    // Asked anew each time: whether a model sees is learnt with the first picture.
    roomFacts: () => ({
      modelHost: model?.host ?? null,
      vision: model?.vision ?? 'no',
      ocrLanguages,
      maxPages,
      maxFileBytes,
      resultCacheMs: config.storage.resultCacheMs,
      retentionMs: config.storage.retentionMs,
    }),
    memberUploadsPerMinute: config.work.memberUploadsPerMinute,
    statusFacts,
    clock,
  };
}

/** Goes on where the last run ended: jobs that were at work begin anew, saved replies are sent. */
function resume({ ledger, clock, log }: BotDeps, link: RoomLink, line: JobLine): void {
  const resumed = ledger.jobs.resume(clock());
  const replying = ledger.jobs.replying();
  if (resumed + replying.length > 0) {
    log.info({ resumed, replying: replying.length }, 'going on where the last run ended');
  }
  line.sendSaved(replying);
  for (const reply of ledger.replies.unsentBeside()) link.send(reply);
  link.wakeMembership();
  line.wake();
}
