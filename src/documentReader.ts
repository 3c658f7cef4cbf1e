// Owns the joining of threads, models and profiles for one document: how it is read, and what thinks about it; in a room or not.
import type { Config } from '../config/env.ts';
import { MAX_SUMMARY_CHARS, MODEL_PICTURE_SIDE, OCR_PAGE_TIMEOUT_MS } from '../config/limits.ts';
import { toAppError } from './domain/errors.ts';
import type { Log } from './domain/log.ts';
import type { MediaKind } from './domain/media.ts';
import type { Model, ModelImage } from './domain/model.ts';
import type { Profile, Profiles } from './domain/profile.ts';
import type { PageScan, Reading } from './domain/reading.ts';
import { type KeptAnswers, keepAnswers } from './pipeline/keptModel.ts';
import { bindMinds, bindTranscriber } from './pipeline/minds.ts';
import { depictRequest, ocrRequest, readRequest } from './pipeline/readRequest.ts';
import type { ReadPorts } from './pipeline/readUpload.ts';
import { resultKey } from './pipeline/resultKey.ts';
import { type PageReaders, scanPage } from './pipeline/scanPage.ts';
import type { ThinkDeps } from './pipeline/thought.ts';
import type { OcrPool } from './pool/ocrPool.ts';
import type { Pool } from './pool/pool.ts';

export type ReaderDeps = {
  config: Pick<Config, 'limits' | 'llm' | 'ocr' | 'replyLanguage' | 'rooms' | 'work'>;
  pool: Pool;
  /** Null: OCR is off. */
  ocr: OcrPool | null;
  model: Model | null;
  profiles: Profiles;
  clock(): number;
};

/** One file to be read, and where its scanned pages are kept between attempts. */
export type Document = {
  file: { path: string; kind: MediaKind };
  fileName: string;
  /** Chosen for it; null: the operator's default. */
  profileName: string | null;
  pages: { kept(): PageScan[]; keep(scan: PageScan): void };
  /** Where answers of the model are kept between attempts; absent: nowhere. */
  modelAnswers?: KeptAnswers;
  /** It may have killed the process: it is read in one of its own. */
  isSuspect?: boolean;
  log: Log;
};

export type DocumentReader = {
  reading(document: Document): ReadPorts;
  minds(document: Document, signal: AbortSignal): Pick<ThinkDeps, 'summariser' | 'seer' | 'findFields'>;
  /** What the answer to a file of this content depends on: the same key, the same answer. */
  resultKey(document: Document, sha256: string): string;
};

/** The share of JOB_TIMEOUT_SECONDS after which a thread stops by itself and gives what it has. */
const SOFT_SHARE = 0.9;
/** Time that each page which needs OCR adds to JOB_TIMEOUT_SECONDS. */
const MS_PER_SCANNED_PAGE = 10_000;

/** Nothing is read before a document's ports are used. */
export function createDocumentReader(deps: ReaderDeps): DocumentReader {
  const { config, pool, clock } = deps;
  const { limits } = config;
  const hardTimeoutMs = limits.jobTimeoutMs;

  function mindsDeps(document: Document) {
    const { file, fileName, profileName, modelAnswers, isSuspect: alone, log } = document;
    const model = deps.model && modelAnswers ? keepAnswers(deps.model, modelAnswers) : deps.model;
    const profile = profileOf(profileName, file.kind, deps.profiles, config.rooms.profile);
    const depict = (page: number, recipe: Profile['picture'], signal: AbortSignal): Promise<ModelImage[]> =>
      pool.depict(depictRequest(file.path, page, recipe, MODEL_PICTURE_SIDE, limits), { signal, hardTimeoutMs, alone });
    return { model, profile, fileName, depict, settings: config, log };
  }

  function scanningOf(document: Document, reading: Reading): ReturnType<ReadPorts['scanningOf']> {
    const readers: PageReaders = {
      ocr: ocrOf(document),
      // A single picture is seen as a whole, in one call with its description and fields.
      transcribe: reading.kind === 'pdf' || reading.pageCount > 1 ? bindTranscriber(mindsDeps(document)) : null,
    };
    if (!readers.ocr && !readers.transcribe) return null;
    return {
      kept: document.pages.kept,
      keep(scan) {
        document.pages.keep(scan);
        const { page, source, confidence } = scan;
        document.log.debug({ page, source, confidence }, 'page scanned and kept');
      },
      page: (page, signal) =>
        scanPage(page, readers, signal).catch((thrown: unknown) => {
          const { code, message: reason } = toAppError(thrown);
          if (!signal.aborted) document.log.warn({ page, code, reason }, 'a page could not be scanned');
          throw thrown;
        }),
      async compose(read, scans, signal) {
        const request = { reading: read, scans, maxSummaryChars: MAX_SUMMARY_CHARS };
        return withLanguageNote(
          await pool.compose(request, { signal, hardTimeoutMs, alone: document.isSuspect }),
          config.ocr.languages,
        );
      },
      atOnce: config.work.threads,
      timeoutMs: (pages) => hardTimeoutMs + pages * MS_PER_SCANNED_PAGE,
    };
  }

  function ocrOf({ file, isSuspect: alone }: Document): PageReaders['ocr'] {
    const { ocr } = deps;
    if (!ocr) return null;
    return (page, signal) =>
      ocr.scan(ocrRequest(file, page, limits), { signal, hardTimeoutMs: OCR_PAGE_TIMEOUT_MS, alone });
  }

  return {
    reading: (document) => ({
      read(onProgress, signal) {
        const request = readRequest(document.file.path, limits, Math.floor(hardTimeoutMs * SOFT_SHARE));
        return pool.read(request, { signal, hardTimeoutMs, onProgress, alone: document.isSuspect });
      },
      scanningOf: (reading) => scanningOf(document, reading),
      clock,
    }),
    minds: (document, signal) => bindMinds({ ...mindsDeps(document), signal }),
    resultKey({ file: { kind }, fileName, profileName }, sha256) {
      const { model } = deps;
      const profile = profileOf(profileName, kind, deps.profiles, config.rooms.profile);
      const names = model && `${model.host} ${model.name} ${model.visionName ?? ''} ${model.vision}`;
      const { maxPages, maxImagePixels } = limits;
      const { ocr, replyLanguage, llm } = config;
      const tokens = [llm.maxOutputTokens, llm.contextTokens];
      const settings = { maxPages, maxImagePixels, ocr, replyLanguage, tokens };
      // A model that sees is told the picture's name, and may speak of it.
      const toldName = kind === 'image' && model?.vision !== 'no' ? fileName : null;
      return resultKey({ sha256, kind, fileName: model && toldName, profile, model: names, settings });
    },
  };
}

/** `ocrLanguages` by Tesseract's names (ISO 639-2), the reading's by ISO 639-1. */
function withLanguageNote(reading: Reading, ocrLanguages: readonly string[]): Reading {
  const { language, ocrConfidence } = reading;
  const known = ocrLanguages.map((code) => new Intl.Locale(code.split('_')[0] as string).language);
  if (language === null || ocrConfidence === null || known.length === 0 || known.includes(language)) return reading;
  return { ...reading, notes: [...reading.notes, { kind: 'ocr_language', language }] };
}

/** The chosen profile while it is there and fits the file, else the operator's default; null: neither fits. */
function profileOf(name: string | null, kind: MediaKind, profiles: Profiles, fallback: string): Profile | null {
  const fitting = (one: string | null) => {
    const profile = one === null ? null : profiles.get(one);
    return profile?.kinds.includes(kind) ? profile : null;
  };
  return fitting(name) ?? fitting(fallback);
}
