// Owns the watch over the running bot: meter, vitals, and the HTTP server that tells of them.
import type { Config } from '../config/env.ts';
import type { Ledger } from './domain/ledger.ts';
import type { Log } from './domain/log.ts';
import type { Meter } from './domain/meter.ts';
import type { Model } from './domain/model.ts';
import type { Vitals } from './domain/vitals.ts';
import type { LineFigures } from './jobLine.ts';
import type { SyncState } from './matrix/sync.ts';
import type { OpenedReader } from './openReader.ts';
import { healthOf, readinessOf } from './ops/health.ts';
import { type HttpServer, startHttp } from './ops/http.ts';
import { createMetrics } from './ops/metrics.ts';

export type WatchDeps = { config: Config; ledger: Ledger; clock(): number; log: Log };

/** What there is to be seen, as it comes to be. */
type Seen = {
  model: Model | null;
  reader: Pick<OpenedReader, 'pool' | 'ocr'> | null;
  figures: (() => LineFigures) | null;
};

export type Watch = {
  meter: Meter;
  sees(more: Partial<Seen>): void;
  /** A sync was stored, or failed. */
  synced(state: SyncState): void;
  /** Opens the HTTP server, if there is to be one; a port that cannot be had is logged. */
  listen(): Promise<void>;
  close(): Promise<void>;
};

const NOT_STARTED: LineFigures = { depth: 0, active: 0, held: 0, spoolBytes: 0 };

/** Nothing is opened before `listen`. */
export function createWatch({ config, ledger, clock, log }: WatchDeps): Watch {
  const metrics = createMetrics(vitals, clock);
  const seen: Seen = { model: null, reader: null, figures: null };
  let lastSyncAtMs: number | null = null;
  let isHomeserverUp = false;
  let server: HttpServer | null = null;

  function vitals(): Vitals {
    const jobs = ledger.jobs.counts();
    const { depth, active, held, spoolBytes } = seen.figures?.() ?? NOT_STARTED;
    const open = jobs.received + jobs.waiting + jobs.queued + jobs.reading + jobs.thinking;
    return {
      queueDepth: depth,
      activeJobs: active,
      waitingJobs: Math.max(0, open - held),
      jobs,
      spoolBytes,
      lastSyncAtMs,
      isHomeserverUp,
      storageTrouble: ledger.trouble(),
      threads: { read: seen.reader?.pool.stats().threads ?? 0, ocr: seen.reader?.ocr?.stats().threads ?? 0 },
      model: seen.model?.load?.() ?? null,
    };
  }

  return {
    meter: metrics.meter,
    sees: (more) => void Object.assign(seen, more),
    synced(state) {
      // A sync that the disk did not take says nothing of the homeserver.
      isHomeserverUp = state.up || !state.code.startsWith('homeserver');
      if (state.up) lastSyncAtMs = state.storedAtMs;
    },
    async listen() {
      const { host, port, token } = config.http;
      if (port === null) return;
      server = await startHttp({
        host,
        port,
        token,
        health: () => healthOf(vitals(), metrics.facts(), clock()),
        ready: () => readinessOf(vitals()),
        metrics: metrics.expose,
        log,
      });
    },
    async close() {
      await server?.close();
      metrics.close();
    },
  };
}
