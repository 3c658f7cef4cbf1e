// Owns the uploaded media, and the endpoints that take and give it.
import { randomBytes } from 'node:crypto';
import type { Call, Endpoint } from './endpoint.ts';
import { notFound, tooLarge } from './errors.ts';
import type { World } from './world.ts';

type StoredFile = { bytes: Buffer; contentType: string; fileName: string | null };

export class Media {
  readonly maxUploadBytes: number;
  readonly #serverName: string;
  readonly #files = new Map<string, StoredFile>();

  constructor(serverName: string, maxUploadBytes: number) {
    this.#serverName = serverName;
    this.maxUploadBytes = maxUploadBytes;
  }

  /** Returns the `mxc://` address; throws 413 over the limit. */
  add(file: StoredFile): string {
    if (file.bytes.length > this.maxUploadBytes) throw tooLarge('Upload request body is too large');
    const id = randomBytes(18).toString('base64url');
    this.#files.set(id, file);
    return `mxc://${this.#serverName}/${id}`;
  }

  find(server: string, id: string): StoredFile | undefined {
    return server === this.#serverName ? this.#files.get(id) : undefined;
  }
}

/** Upload and authenticated download; the old `/_matrix/media/v3/download` is gone, as in Synapse. */
export function mediaEndpoints({ media }: World): Endpoint[] {
  const fileOf = ({ param, path }: Call) => {
    const file = media.find(param('server'), param('mediaId'));
    if (!file) throw notFound(`Not found '${path}'`);
    return file;
  };
  return [
    {
      name: 'upload',
      method: 'POST',
      path: '/_matrix/media/v3/upload',
      handle: async (call) => ({
        content_uri: media.add({
          bytes: await call.bytes(),
          contentType: call.headers.get('content-type') ?? 'application/octet-stream',
          fileName: call.query.get('filename'),
        }),
      }),
    },
    {
      name: 'download',
      method: 'GET',
      path: '/_matrix/client/v1/media/download/:server/:mediaId',
      handle: (call) => fileResponse(fileOf(call)),
    },
    {
      name: 'download',
      method: 'GET',
      path: '/_matrix/client/v1/media/download/:server/:mediaId/:fileName',
      handle: (call) => fileResponse({ ...fileOf(call), fileName: call.param('fileName') }),
    },
    {
      name: 'mediaConfig',
      method: 'GET',
      path: '/_matrix/client/v1/media/config',
      handle: () => ({ 'm.upload.size': media.maxUploadBytes }),
    },
  ];
}

function fileResponse({ bytes, contentType, fileName }: StoredFile): Response {
  const name = fileName === null ? '' : `; filename*=utf-8''${encodeURIComponent(fileName)}`;
  return new Response(new Uint8Array(bytes), {
    headers: {
      'Content-Type': contentType,
      'Content-Length': String(bytes.length),
      'Content-Disposition': `attachment${name}`,
    },
  });
}
