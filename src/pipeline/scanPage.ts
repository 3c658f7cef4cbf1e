// Owns the reading of one page that is a picture: by OCR, and by a model that sees where OCR is off or not sure.
import { NO_TEXT_CONFIDENCE } from '../../config/limits.ts';
import { type AppError, toAppError } from '../domain/errors.ts';
import type { PageScan } from '../domain/reading.ts';

export type PageReaders = {
  /** Null: OCR is off. */
  ocr: ((page: number, signal: AbortSignal) => Promise<PageScan>) | null;
  /** Null: there is no model that sees. */
  transcribe: ((page: number, signal: AbortSignal) => Promise<string>) | null;
};

/** One of the two must be there. Throws what OCR throws, and what the model throws where there is no OCR. */
export async function scanPage(page: number, readers: PageReaders, signal: AbortSignal): Promise<PageScan> {
  const { ocr, transcribe } = readers;
  const scan = ocr ? await ocr(page, signal) : null;
  const isSure = scan !== null && (scan.source === 'blank' || (scan.confidence ?? 0) >= NO_TEXT_CONFIDENCE);
  if (isSure || !transcribe) return scan ?? { page, text: '', source: 'blank', confidence: null };
  try {
    const text = (await transcribe(page, signal)).trim();
    return { page, text, source: text === '' ? 'blank' : 'vision', confidence: null };
  } catch (thrown) {
    signal.throwIfAborted();
    if (!scan || !isOfModel(toAppError(thrown))) throw thrown;
    return scan;
  }
}

function isOfModel(error: AppError): boolean {
  return error.code.startsWith('model_');
}
