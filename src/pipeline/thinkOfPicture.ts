// Owns the step from a picture to what is said of it: by a model that sees it, by a model of its text, or its text itself.
import { NO_TEXT_CONFIDENCE, SURE_CONFIDENCE } from '../../config/limits.ts';
import type { Summary } from '../domain/answer.ts';
import { type AppError, toAppError } from '../domain/errors.ts';
import type { Note, Reading } from '../domain/reading.ts';
import { hasText, isAway, type Patience, summarise, type ThinkDeps, type Thought } from './thought.ts';

/** Screenshots hold a sentence or two: so much is shown as it stands, more is summarised. */
const SHOW_CHARS = 600;

/** What is said of a picture. Throws what the models throw where nothing else is left to say. */
export async function thinkOfPicture(recognised: Reading, deps: ThinkDeps): Promise<Thought> {
  const reading = withoutNonsense(recognised);
  if (!deps.seer) return thinkOfText(reading, deps, []);
  const isSure = hasText(reading) && (reading.ocrConfidence ?? 0) >= SURE_CONFIDENCE;
  try {
    const seen = await deps.seer.see(reading, isSure ? textOf(reading) : null);
    const summary: Summary = { text: seen.description, keyPoints: [], by: { kind: 'model', name: deps.seer.name } };
    const whole = isSure || seen.transcription.trim() === '' ? reading : withTranscription(reading, seen.transcription);
    return { reading: whole, summary, notes: seen.notes, givenFields: seen.fields };
  } catch (thrown) {
    const notes = notesInstead(toAppError(thrown), reading, deps);
    if (!notes) throw thrown;
    return thinkOfText(reading, deps, notes);
  }
}

/** What is recognised on grass or waves is no text, and its language is none. */
function withoutNonsense(reading: Reading): Reading {
  const { ocrConfidence } = reading;
  if (ocrConfidence === null || ocrConfidence >= NO_TEXT_CONFIDENCE) return reading;
  const pages = reading.pages.map((page) => ({ ...page, text: '' }));
  const extract = { summary: [], keyPoints: [] };
  const notes = reading.notes.filter(({ kind }) => kind !== 'ocr_language');
  return { ...reading, pages, body: [], extract, notes, language: null, ocrConfidence: null };
}

/** What is to be told when OCR's text has to do; null: there is none, so that the model is waited for. */
function notesInstead(error: AppError, reading: Reading, deps: ThinkDeps): Note[] | null {
  if (error.code === 'model_cannot_see') return [];
  const isOutage = isAway(error.code);
  if (!isOutage && error.code !== 'model_failed' && error.code !== 'model_context_exceeded') return null;
  if (!deps.fallback || (!hasText(reading) && !(isOutage && deps.patience === 'give_up'))) return null;
  const told: Note = { kind: 'vision_fallback', reason: isOutage ? 'it is away' : 'it failed' };
  return isOutage && deps.patience !== 'give_up' ? [told, { kind: 'model_later' }] : [told];
}

async function thinkOfText(reading: Reading, deps: ThinkDeps, notes: Note[]): Promise<Thought> {
  const text = textOf(reading);
  if (text.length <= SHOW_CHARS) {
    const summary: Summary = { text, keyPoints: [], by: { kind: 'extract' } };
    return { reading, summary, notes, givenFields: null };
  }
  // A model that did not see cannot be waited for either: its text is at hand.
  const patience: Patience = deps.patience === 'wait' && notes.length > 0 ? 'answer_now' : deps.patience;
  const thought = await summarise(reading, { ...deps, patience });
  const isTold = notes.some(({ kind }) => kind === 'model_later');
  const others = thought.notes.filter(({ kind }) => kind !== 'model_later' || !isTold);
  return { reading, summary: thought.summary, notes: [...notes, ...others], givenFields: null };
}

function textOf(reading: Reading): string {
  return reading.pages
    .map(({ text }) => text)
    .join('\n')
    .trim();
}

function withTranscription(reading: Reading, text: string): Reading {
  const pages: Reading['pages'] = [{ page: 1, text, source: 'vision' }];
  const ofRecognition: Note['kind'][] = ['pages_without_text', 'pages_failed', 'ocr_language'];
  const notes = reading.notes.filter(({ kind }) => !ofRecognition.includes(kind));
  return { ...reading, pages, body: [{ page: 1, text }], notes, unread: [], ocrConfidence: null };
}
