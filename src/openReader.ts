// Owns what documents are read with, for the bot and for `read`: threads, recognised languages, profiles; opened and closed together.
import { fileURLToPath } from 'node:url';
import type { Config } from '../config/env.ts';
import { createDocumentReader, type DocumentReader } from './documentReader.ts';
import { AppError } from './domain/errors.ts';
import type { Log } from './domain/log.ts';
import { type Meter, NO_METER } from './domain/meter.ts';
import type { Model } from './domain/model.ts';
import type { OcrLanguage } from './domain/ocr.ts';
import { createMemoryGovernor } from './pool/memoryGovernor.ts';
import { findOcrLanguages } from './pool/ocrLanguages.ts';
import { createOcrPool, type OcrPool } from './pool/ocrPool.ts';
import { createPool, type Pool } from './pool/pool.ts';
import { createProfiles, type WatchedProfiles } from './profiles/createProfiles.ts';

export type OpenReaderDeps = {
  config: Config;
  model: Model | null;
  compileCacheDir: string;
  /** Reads the profiles again when they are edited. */
  watchProfiles: boolean;
  meter?: Meter;
  clock(): number;
  log: Log;
};

export type OpenedReader = {
  pool: Pool;
  /** Null: OCR is off. */
  ocr: OcrPool | null;
  reader: DocumentReader;
  profiles: WatchedProfiles;
  /** Ends every thread; what is still being read rejects. */
  close(): Promise<void>;
};

export const PROFILES_FOLDER = fileURLToPath(new URL('../config/profiles', import.meta.url));

/** Starts no thread yet. Throws `config_invalid` for a language or a default profile that is not there. */
export function openReader({
  config,
  model,
  compileCacheDir,
  watchProfiles,
  meter = NO_METER,
  clock,
  log,
}: OpenReaderDeps): OpenedReader {
  const languages = ocrLanguages(config.ocr);
  const profiles = createProfiles({ folder: PROFILES_FOLDER, log, watch: watchProfiles });
  if (!profiles.get(config.rooms.profile)) {
    profiles.close();
    throw new AppError('config_invalid', unknownProfile(config.rooms.profile, profiles));
  }
  const { threads } = config.work;
  const memoryMb = config.limits.workerMemoryMb;
  const governor = createMemoryGovernor({ threads, memoryMb });
  const pool = createPool({ threads, memoryMb, compileCacheDir, governor, meter, log });
  const ocr =
    languages.length > 0
      ? createOcrPool({ threads, memoryMb, languages, compileCacheDir, governor, meter, log })
      : null;
  return {
    pool,
    ocr,
    profiles,
    reader: createDocumentReader({ config, pool, ocr, model, profiles, clock }),
    async close() {
      profiles.close();
      await Promise.all([pool.close(), ocr?.close()]);
    },
  };
}

function unknownProfile(name: string, profiles: WatchedProfiles): string {
  const reason = profiles.problems().find((problem) => problem.startsWith(`${name}.md`));
  const names = profiles.all().map((profile) => profile.name);
  return `DEFAULT_PROFILE (or --profile) ${reason ?? `${name} is not there`}; there are: ${names.join(', ')}`;
}

/** Throws `config_invalid`, a line for each language whose data is not there. */
export function ocrLanguages({ languages, dataDir }: Config['ocr']): OcrLanguage[] {
  // Tesseract's first language decides doubtful letters; English, which has the fewest, would turn ü into u.
  const inOrder = [...languages].sort((a, b) => Number(a === 'eng') - Number(b === 'eng'));
  const { found, missing } = findOcrLanguages(inOrder, dataDir);
  if (missing.length === 0) return found;
  const advice = (code: string) =>
    `OCR_LANGUAGES ${code} is not installed: npm install --no-save @tesseract.js-data/${code}, or put ${code}.traineddata into the folder that TESSDATA_PREFIX names`;
  throw new AppError('config_invalid', missing.map(advice).join('\n'));
}
