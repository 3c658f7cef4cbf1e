// Owns what is asked of a reading thread when a model shall see a page, and what comes back.
import { isUint8Array } from 'node:util/types';
import { z } from 'zod';
import { readFailureSchema } from './reading.ts';

/** `enhanced`: smaller, sharpened, contrast stretched; ten times the work, for faint or soft pictures. */
export const pictureRecipeSchema = z.enum(['plain', 'enhanced']);
export type PictureRecipe = z.infer<typeof pictureRecipeSchema>;

export const depictRequestSchema = z.object({
  /** A picture or a PDF; which of them is told by its content. */
  path: z.string(),
  /** Page of a PDF or of a TIFF, from 1; any other picture has one. */
  page: z.number().int().positive(),
  recipe: pictureRecipeSchema,
  /** Longest side of each picture of the recipe `plain`, in pixels. */
  maxSide: z.number().int().positive(),
  maxImagePixels: z.number().int().positive(),
  /** Cap on one decoded stream inside a PDF. */
  maxStreamBytes: z.number().int().positive(),
});
export type DepictRequest = z.infer<typeof depictRequestSchema>;

export const modelImageSchema = z.object({
  mime: z.literal('image/jpeg'),
  bytes: z.custom<Uint8Array>(isUint8Array),
});

/** One picture, or the parts of a very tall or wide one in reading order. */
export const depictResultSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), images: z.array(modelImageSchema).min(1) }),
  readFailureSchema,
]);
export type DepictResult = z.infer<typeof depictResultSchema>;
