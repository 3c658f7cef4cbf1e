// Owns the files: streams uploads to the spool with a cap and a hash, and puts text files up.
import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { MatrixClient } from 'matrix-bot-sdk';
import { AppError } from '../domain/errors.ts';
import { HEAD_BYTES, kindOf } from '../domain/fileKind.ts';
import type { SpooledFile } from '../domain/job.ts';
import { claimsToBeDocument, type Upload } from '../domain/media.ts';
import type { ClientMeter } from './client.ts';
import { fieldsOf, textOf } from './events.ts';
import { failureOf, withSignal } from './http.ts';
import { parseMxc } from './ids.ts';
import { badAnswer } from './shapes.ts';

export type MediaDeps = {
  client: MatrixClient;
  spoolDir: string;
  maxBytes: number;
  /** A download that brings no byte for so long is given up. */
  stallMs: number;
  /** Is told every 429 of a download. */
  meter?: ClientMeter;
};

export type Media = {
  /**
   * Streams the upload to the spool; null: it is neither document nor picture, by its content or because it is too large and
   * does not even claim to be one (nothing is left on disk then). Throws `too_large`, `empty_file`, `media_missing`,
   * `media_unavailable`, `homeserver_unavailable`, `homeserver_rate_limited`, `homeserver_refused`, `storage_full`.
   */
  download(upload: Upload, signal: AbortSignal): Promise<SpooledFile | null>;
  /** Puts a file up; returns its `mxc://` address. */
  uploadFile(file: { text: string; name: string; mime: string }, signal: AbortSignal): Promise<string>;
};

const UPLOAD_TIMEOUT_MS = 120_000;

/** Media of one account on its homeserver. */
export function createMedia(deps: MediaDeps): Media {
  return {
    download: (upload, signal) => download(deps, upload, signal),
    async uploadFile({ text, name, mime }, signal) {
      const send = () =>
        deps.client.doRequest(
          'POST',
          '/_matrix/media/v3/upload',
          { filename: name },
          Buffer.from(text, 'utf8'),
          UPLOAD_TIMEOUT_MS,
          false,
          mime,
        );
      const mxcUri = textOf(fieldsOf(await withSignal(signal, send)).content_uri);
      if (mxcUri === undefined || parseMxc(mxcUri) === null) throw badAnswer('an upload');
      return mxcUri;
    },
  };
}

async function download(deps: MediaDeps, upload: Upload, signal: AbortSignal): Promise<SpooledFile | null> {
  if ((upload.declaredBytes ?? 0) > deps.maxBytes) {
    if (claimsToBeDocument(upload)) throw tooLarge(deps.maxBytes);
    return null;
  }
  // Of its own for each download: an earlier attempt's file may still be there, and goes in its own time.
  const path = join(deps.spoolDir, randomUUID());
  const stall = createStallGuard(deps.stallMs);
  try {
    const response = await open(deps, upload, AbortSignal.any([signal, stall.signal]));
    const spooled = await spool(response, path, deps.maxBytes, stall);
    if (spooled) return spooled;
    await rm(path, { force: true });
    return null;
  } catch (cause) {
    await rm(path, { force: true });
    signal.throwIfAborted();
    if (stall.signal.aborted) {
      throw new AppError('media_unavailable', `the download brought nothing for ${deps.stallMs} ms`, { cause });
    }
    throw downloadError(cause);
  } finally {
    stall.stop();
  }
}

async function open({ client, meter }: MediaDeps, upload: Upload, signal: AbortSignal): Promise<Response> {
  // Checked anew: a database can be changed by hand, and what stands there becomes a path with our token.
  const media = parseMxc(upload.mxcUri);
  if (!media) throw new AppError('media_missing', 'its address is no address of a file on a homeserver');
  const path = `/_matrix/client/v1/media/download/${encodeURIComponent(media.server)}/${encodeURIComponent(media.mediaId)}`;
  const response = await connect(`${client.homeserverUrl}${path}`, client.accessToken, signal);
  if (response.ok && response.body) return response;
  // Without `allow_redirect` a homeserver sends none; anything else would carry us to a stranger's host.
  if (response.status >= 300 && response.status < 400) {
    throw new AppError('media_unavailable', `the homeserver redirects the download (${response.status})`);
  }
  const failure = failureOf(response, await response.text());
  if (failure.code === 'homeserver_rate_limited') meter?.homeserverLimited();
  // The next login downloads it.
  if (response.status === 401) throw new AppError('homeserver_unavailable', failure.message, { cause: failure });
  if (response.status === 404) throw new AppError('media_missing', failure.message, { cause: failure });
  throw failure;
}

/** A homeserver that cannot be reached at all says nothing of the file: that is an outage and costs the job no attempt. */
async function connect(url: string, token: string, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, { headers: { Authorization: `Bearer ${token}` }, redirect: 'manual', signal });
  } catch (cause) {
    signal.throwIfAborted();
    throw new AppError('homeserver_unavailable', `the homeserver cannot be reached: ${String(cause)}`, { cause });
  }
}

async function spool(
  response: Response,
  path: string,
  maxBytes: number,
  stall: StallGuard,
): Promise<SpooledFile | null> {
  const hash = createHash('sha256');
  let bytes = 0;
  let head = Buffer.alloc(0);
  let kind: SpooledFile['kind'] | null = null;
  const file = createWriteStream(path, { mode: 0o600 });
  const check = async function* (chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      stall.touch();
      bytes += chunk.byteLength;
      if (bytes > maxBytes) throw tooLarge(maxBytes);
      if (head.length < HEAD_BYTES) {
        head = Buffer.concat([head, chunk.subarray(0, HEAD_BYTES - head.length)]);
        if (head.length === HEAD_BYTES) kind = await kindOf(head);
        if (head.length === HEAD_BYTES && kind === null) return;
      }
      hash.update(chunk);
      yield chunk;
    }
    if (head.length < HEAD_BYTES) kind = await kindOf(head);
  };
  await pipeline(response.body as unknown as AsyncIterable<Uint8Array>, check, file);
  if (bytes === 0) throw new AppError('empty_file', 'the file has no bytes');
  return kind === null ? null : { path, bytes, sha256: hash.digest('hex'), kind };
}

type StallGuard = { signal: AbortSignal; touch(): void; stop(): void };

function createStallGuard(stallMs: number): StallGuard {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), stallMs);
  return { signal: abort.signal, touch: () => timer.refresh(), stop: () => clearTimeout(timer) };
}

function tooLarge(maxBytes: number): AppError {
  return new AppError('too_large', `larger than ${maxBytes} bytes`);
}

function downloadError(cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  if (cause instanceof Error && 'code' in cause && cause.code === 'ENOSPC') {
    return new AppError('storage_full', 'the disk with the spool is full', { cause });
  }
  return new AppError('media_unavailable', `the download broke off: ${String(cause)}`, { cause });
}
