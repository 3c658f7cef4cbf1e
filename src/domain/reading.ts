// Owns what reading a file gives, and the schema of the messages between the main thread and the reading threads.
import { z } from 'zod';

export const pageSchema = z.object({
  /** Counts from 1. */
  page: z.number().int().positive(),
  /** Everything that stands on the page: never capped, running headers included. */
  text: z.string(),
  source: z.enum(['text', 'ocr', 'vision', 'blank']),
});
export type PageText = z.infer<typeof pageSchema>;

/** What a reader must know about a reading that is not whole; `pipeline/render.ts` turns each into a sentence. */
export const noteSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('page_limit'), read: z.number(), of: z.number() }),
  z.object({ kind: z.literal('time_limit'), read: z.number(), of: z.number() }),
  z.object({ kind: z.literal('size_limit'), read: z.number(), of: z.number() }),
  z.object({ kind: z.literal('pages_failed'), pages: z.array(z.number()) }),
  /** Pages with a picture but no text of their own: scans. */
  z.object({ kind: z.literal('pages_without_text'), pages: z.array(z.number()) }),
  z.object({ kind: z.literal('summary_limit'), characters: z.number(), lastPage: z.number() }),
  z.object({ kind: z.literal('damaged') }),
  z.object({ kind: z.literal('model_fallback'), reason: z.string() }),
  /** The model is away; its summary takes the place of this one when it is back. */
  z.object({ kind: z.literal('model_later') }),
  /** This room had the same file read before. */
  z.object({ kind: z.literal('read_before'), atMs: z.number() }),
  /** The model that sees was not to be had: what OCR read stands alone. */
  z.object({ kind: z.literal('vision_fallback'), reason: z.string() }),
  /** What was recognised is in a language that is not among those of OCR_LANGUAGES. */
  z.object({ kind: z.literal('ocr_language'), language: z.string() }),
  /** The fields that the room wants could not be found, or not whole. */
  z.object({ kind: z.literal('fields_failed'), reason: z.string() }),
  /** There are fields, but some may be missing. */
  z.object({ kind: z.literal('fields_partial'), reason: z.string() }),
  z.object({ kind: z.literal('summary_cut') }),
  z.object({ kind: z.literal('text_not_attached') }),
  z.object({ kind: z.literal('fields_not_attached') }),
]);
export type Note = z.infer<typeof noteSchema>;

export const sentenceSchema = z.object({ text: z.string(), page: z.number().int().positive() });
/** A sentence of the document with the page it stands on. */
export type Sentence = z.infer<typeof sentenceSchema>;

export const extractSchema = z.object({ summary: z.array(sentenceSchema), keyPoints: z.array(sentenceSchema) });
/** A summary made of the document's own sentences, in their order. */
export type Extract = z.infer<typeof extractSchema>;

/** A page as OCR or a model that sees has read it. */
export const pageScanSchema = z.object({
  page: z.number().int().positive(),
  text: z.string(),
  source: z.enum(['ocr', 'vision', 'blank']),
  /** 0–100, as the recogniser reckons it; a model says none. */
  confidence: z.number().nullable(),
});
export type PageScan = z.infer<typeof pageScanSchema>;

export const outlineEntrySchema = z.object({ title: z.string(), level: z.number(), page: z.number().nullable() });
export type OutlineEntry = z.infer<typeof outlineEntrySchema>;

/** What the main thread asks of a reading thread. */
export const readRequestSchema = z.object({
  path: z.string(),
  maxPages: z.number().int().positive(),
  /** Cap on the characters of `body`, never on a page's own text. */
  maxSummaryChars: z.number().int().positive(),
  /** Cap on one decoded stream inside the PDF, against decompression bombs. */
  maxStreamBytes: z.number().int().positive(),
  maxImagePixels: z.number().int().positive(),
  /** The thread stops by itself after this time and gives what it has read. */
  softTimeoutMs: z.number().int().positive(),
});
export type ReadRequest = z.infer<typeof readRequestSchema>;

export const readingSchema = z.object({
  kind: z.enum(['pdf', 'image']),
  pageCount: z.number().int(),
  pages: z.array(pageSchema),
  /** The pages as the summary and the prompt see them: without running headers and footers, capped. */
  body: z.array(z.object({ page: z.number(), text: z.string() })),
  title: z.string().nullable(),
  author: z.string().nullable(),
  outline: z.array(outlineEntrySchema),
  /** ISO 639-1, null when the text is too short to tell. */
  language: z.string().nullable(),
  extract: extractSchema,
  notes: z.array(noteSchema),
  /** Pages that hold a picture and no usable text: to be read by OCR or by a model that sees. */
  unread: z.array(z.number().int().positive()),
  /** Mean confidence of the pages that OCR has read, 0–100; null: OCR has read none. */
  ocrConfidence: z.number().nullable(),
});
export type Reading = z.infer<typeof readingSchema>;

/** What a thread can say of a file that it could not read: codes of `ERRORS`. */
export const readFailureSchema = z.object({
  ok: z.literal(false),
  code: z.enum([
    'not_a_document',
    'empty_file',
    'unreadable',
    'picture_unsupported',
    'picture_too_small',
    'picture_blank',
    'picture_blurred',
    'password_needed',
    'too_large',
    'file_not_found',
    'internal',
  ]),
  message: z.string(),
});
/** A thread returns this and never throws: errors thrown across threads lose their name, code and fields. */
export const readResultSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), reading: readingSchema }),
  readFailureSchema,
]);
export type ReadResult = z.infer<typeof readResultSchema>;

/** Sent over a MessagePort while a thread reads, at most about four times a second. */
export type ReadProgress = { page: number; of: number };
