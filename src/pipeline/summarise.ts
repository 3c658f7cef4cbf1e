// Owns the summary of a document by a model: whole if it fits, else part by part and then joined.
import { AppError } from '../domain/errors.ts';
import type { Model, TokenUsage } from '../domain/model.ts';
import type { Note, Reading } from '../domain/reading.ts';
import { type Asker, createAsker } from './askModel.ts';
import { type Chunk, estimateTokens, type PagePart, pageRange, renderChunk, splitIntoChunks } from './chunk.ts';
import { combine, type PartSummary } from './combine.ts';
import { type ContextBudget, createContextBudget } from './contextBudget.ts';
import type { ModelText } from './modelText.ts';
import { chunkPrompt, documentPrompt, languageName } from './prompt.ts';

export type Summarisable = Pick<Reading, 'body' | 'title' | 'author' | 'pageCount' | 'outline' | 'language'>;

export type SummariseOptions = {
  model: Model;
  maxOutputTokens: number;
  /** A language code or name; null: the document's own. */
  replyLanguage: string | null;
  signal: AbortSignal;
  /** Calls of the model that are done, of how many; the second number may change on the way. */
  onProgress?: ((done: number, of: number) => void) | undefined;
};

export type SummariseResult = ModelText & { notes: Note[]; usage: TokenUsage; calls: number };

type Context = { reading: Summarisable; language: string; asker: Asker; budget: ContextBudget; onProgress: Progress };
type Progress = (done: number, of: number) => void;

/**
 * The summary and key points of a reading with text, in one call at a time. A document that the server finds too long is
 * cut smaller, by the server's own count where it gives one; parts that are summarised already are not asked for again.
 * Throws AppError: what the model throws, `model_failed` for two useless answers to the same question,
 * `model_context_exceeded` when hardly any text fits, and the signal's reason when it aborts.
 */
export async function summarise(reading: Summarisable, options: SummariseOptions): Promise<SummariseResult> {
  const { model, maxOutputTokens, replyLanguage, signal, onProgress = () => {} } = options;
  const asker = createAsker(model, signal);
  const budget = createContextBudget({ contextTokens: model.contextTokens, maxOutputTokens });
  const language = languageName(replyLanguage, reading.language);
  const context = { reading, language, asker, budget, onProgress };

  const whole = await summariseWhole(context);
  const { summary, keyPoints } = whole ?? (await summariseInParts(context));
  const notes: Note[] = asker.anyCut ? [{ kind: 'summary_cut' }] : [];
  return { summary, keyPoints, notes, usage: asker.usage, calls: asker.calls };
}

/** Null when the document does not fit into one call. */
async function summariseWhole({ reading, language, asker, budget, onProgress }: Context): Promise<ModelText | null> {
  const text = renderChunk({ parts: reading.body.filter((page) => page.text.trim() !== '') });
  if (text === '') throw new AppError('model_failed', 'there is no text to summarise');
  for (;;) {
    const outputTokens = budget.answerTokens();
    const facts = budget.isRoomy() ? reading : null;
    const room = budget.textTokens(documentPrompt('', facts, language), outputTokens);
    if (estimateTokens(text) > room) return null;
    onProgress(0, 1);
    const prompt = documentPrompt(text, facts, language);
    const asked = await asker.ask(prompt, outputTokens);
    if (asked.ok) {
      onProgress(1, 1);
      return asked.text;
    }
    budget.learn(asked.overflow, prompt);
  }
}

async function summariseInParts(context: Context): Promise<ModelText> {
  const parts = await summariseParts(context);
  const calls = parts.length + 1;
  context.onProgress(parts.length, calls);
  const [only] = parts;
  const joined = parts.length === 1 && only ? only.text : await combine(parts, context);
  context.onProgress(calls, calls);
  return joined;
}

async function summariseParts({ reading, language, asker, budget, onProgress }: Context): Promise<PartSummary[]> {
  const done: PartSummary[] = [];
  let chunks = split(reading.body);
  for (let chunk = chunks[0]; chunk; chunk = chunks[0]) {
    onProgress(done.length, done.length + chunks.length + 1);
    const prompt = chunkPrompt(renderChunk(chunk), reading.pageCount, language);
    const asked = await asker.ask(prompt, budget.partTokens());
    if (asked.ok) {
      done.push({ ...pageRange(chunk), text: asked.text });
      chunks = chunks.slice(1);
    } else {
      budget.learn(asked.overflow, prompt);
      chunks = split(chunks.flatMap((left) => left.parts));
    }
  }
  return done;

  function split(pages: PagePart[]): Chunk[] {
    const frame = chunkPrompt('', reading.pageCount, language);
    return splitIntoChunks(pages, budget.textTokens(frame, budget.partTokens()));
  }
}
