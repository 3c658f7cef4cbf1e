// Owns the binding of the models to one job: its picture, its room's profile, its log.
import type { AppError } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import type { Model, ModelImage } from '../domain/model.ts';
import type { Profile } from '../domain/profile.ts';
import type { Reading } from '../domain/reading.ts';
import { fieldRows } from './fieldRows.ts';
import { findFields } from './fields.ts';
import { languageName } from './prompt.ts';
import { see, transcribe } from './seeing.ts';
import { createSummariser } from './summariser.ts';
import { type FieldFinder, isAway, type Seer, type ThinkDeps } from './thought.ts';

export type MindSettings = { llm: { maxOutputTokens: number; fallback: boolean }; replyLanguage: string | null };

export type MindsDeps = {
  model: Model | null;
  /** The room's; null: it asks for nothing. */
  profile: Profile | null;
  fileName: string;
  /** A page of the job's file as pictures for a model. */
  depict(page: number, recipe: Profile['picture'], signal: AbortSignal): Promise<ModelImage[]>;
  settings: MindSettings;
  log: Log;
  signal: AbortSignal;
};

/** What thinks about one job. Nothing is asked yet. */
export function bindMinds(deps: MindsDeps): Pick<ThinkDeps, 'summariser' | 'seer' | 'findFields'> {
  const { model, settings, log, signal, profile } = deps;
  const sees = model !== null && model.vision !== 'no';
  return {
    summariser: createSummariser(model, settings, log, signal),
    seer: sees ? bindSeer(model, deps) : null,
    findFields: profile?.schema ? bindFieldFinder(profile, deps) : null,
  };
}

/** Reads the text of one scanned page with a model that sees; null: there is none. */
export function bindTranscriber({
  model,
  depict,
  settings,
  log,
}: Pick<MindsDeps, 'model' | 'depict' | 'settings' | 'log'>):
  | ((page: number, signal: AbortSignal) => Promise<string>)
  | null {
  if (!model || model.vision === 'no') return null;
  return async (page, signal) => {
    const images = await depict(page, 'plain', signal);
    const { maxOutputTokens } = settings.llm;
    const { text, usage } = await transcribe({ images, ocrText: null }, { model, maxOutputTokens, signal });
    log.info({ model: model.visionName ?? model.name, page, ...usage }, 'model used');
    return text;
  };
}

function bindSeer(model: Model, { depict, profile, fileName, settings, log, signal }: MindsDeps): Seer {
  return {
    get name() {
      return model.visionName ?? model.name;
    },
    async see(reading: Reading, ocrText: string | null) {
      const images = await depict(1, profile?.picture ?? 'plain', signal);
      const language = languageName(settings.replyLanguage, reading.language);
      const { maxOutputTokens } = settings.llm;
      const seen = await see({ images, ocrText, profile, language, fileName }, { model, maxOutputTokens, signal });
      log.info(
        { model: model.visionName ?? model.name, calls: seen.calls, pictures: images.length, ...seen.usage },
        'model used',
      );
      const { description, transcription, fields } = seen;
      return { description, transcription, fields, notes: seen.cut ? [{ kind: 'summary_cut' }] : [] };
    },
  };
}

function bindFieldFinder(profile: Profile, { model, settings, log, signal }: MindsDeps): FieldFinder {
  return async (reading, given, patience) => {
    const { maxOutputTokens, fallback } = settings.llm;
    const { body, pages } = reading;
    let insteadOfModel = false;
    const fallsBack = ({ code }: AppError): boolean => {
      insteadOfModel = isAway(code);
      return fallback && (patience !== 'wait' || !isAway(code));
    };
    const found = await findFields({ body, pages, profile, given }, { model, maxOutputTokens, signal, fallsBack });
    if (found.calls > 0) log.info({ model: model?.name, calls: found.calls, ...found.usage }, 'model used');
    const { fields, notes } = found;
    return { fields: fields && { ...fields, rows: fieldRows(fields, profile) }, notes, insteadOfModel };
  };
}
