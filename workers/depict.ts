// Owns the task of making the pictures of one page for a model that sees, from a PDF or a picture.
import { open } from 'node:fs/promises';
import type { DepictRequest, DepictResult } from '../src/domain/depict.ts';
import { HEAD_BYTES, kindOf } from '../src/domain/fileKind.ts';
import type { MediaKind } from '../src/domain/media.ts';
import { toModelPictures } from './modelPicture.ts';
import type { PictureSource } from './pictureSource.ts';
import { renderPage } from './renderPage.ts';

/** Rejects when the file cannot be opened; what cannot be depicted is a result. */
export async function depict(request: DepictRequest): Promise<DepictResult> {
  const kind = await kindOfFile(request.path);
  if (kind === null) return { ok: false, code: 'not_a_document', message: 'no header of a PDF or a picture' };
  try {
    return { ok: true, images: await toModelPictures(await sourceOf(kind, request), request) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { ok: false, code: isTooLarge(error, message) ? 'too_large' : 'unreadable', message };
  }
}

async function kindOfFile(path: string): Promise<MediaKind | null> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return await kindOf(buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}

async function sourceOf(kind: MediaKind, request: DepictRequest): Promise<PictureSource> {
  return kind === 'pdf' ? renderPage(request) : { path: request.path, page: request.page };
}

/** sharp's own words, and what rendering throws for a page that unpacks to too much. */
function isTooLarge(error: unknown, message: string): boolean {
  return error instanceof RangeError || message.includes('exceeds pixel limit');
}
