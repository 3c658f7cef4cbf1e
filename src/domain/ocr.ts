// Owns what is asked of an OCR thread, one page at a time, and what comes back.
import { z } from 'zod';
import { pageScanSchema, readFailureSchema } from './reading.ts';

export const ocrRequestSchema = z.object({
  path: z.string(),
  kind: z.enum(['pdf', 'image']),
  /** Page of a PDF or of a TIFF, from 1; any other picture has one. */
  page: z.number().int().positive(),
  /** Of the picture itself, and of each picture inside a PDF. */
  maxImagePixels: z.number().int().positive(),
  /** Cap on one decoded stream inside a PDF that is no picture. */
  maxStreamBytes: z.number().int().positive(),
});
export type OcrRequest = z.infer<typeof ocrRequestSchema>;

/** A language by its Tesseract code (`eng`, `deu`), and the file of its trained data, packed with gzip or not. */
export type OcrLanguage = { code: string; path: string };

export const ocrResultSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), scan: pageScanSchema }),
  readFailureSchema,
]);
export type OcrResult = z.infer<typeof ocrResultSchema>;
