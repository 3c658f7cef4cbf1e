// Owns the loading of pdf.js in a reading thread, once and with the first document: it costs 120 ms and 70 MB.
import { createRequire, registerHooks } from 'node:module';
import { dirname, join } from 'node:path';
import { LeftOut } from './leftOut.ts';
import { LoopbackPort } from './loopback.ts';
import { changePdfjs } from './pdfjsChanges.ts';
import type { PdfPicture } from './shrinkPicture.ts';
import { StreamCap } from './streamCap.ts';

/** What passes between the halves of pdf.js: errors, and pictures that may be changed. */
export type Ears = {
  onError?: ((reason: unknown) => void) | undefined;
  onPicture?: ((picture: PdfPicture) => void) | undefined;
};

export type Pdfjs = {
  display: typeof import('pdfjs-dist');
  cap: StreamCap;
  leftOut: LeftOut;
  /** The two halves of pdf.js joined for one document; `close` ends them. */
  connect(ears: Ears): { worker: import('pdfjs-dist').PDFWorker; close(): void };
  /** Folder of the package, for its fonts, character maps and WebAssembly. */
  folder: string;
};

/** pdf.js's level that tells what it leaves out; it is one for all documents of a thread. */
export const WARNINGS = 1;

type CoreHalf = { WorkerMessageHandler: { initializeFromPort(port: LoopbackPort): void } };

let loaded: Promise<Pdfjs> | undefined;

/** pdf.js with its stream cap in place. The modern build does not run in Node: the legacy one it is. */
export function loadPdfjs(): Promise<Pdfjs> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<Pdfjs> {
  const folder = dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json'));
  const build = join(folder, 'legacy/build');
  const hooks = registerHooks({ load: changePdfjs });
  const core = (await import(join(build, 'pdf.worker.min.mjs'))) as CoreHalf;
  hooks.deregister();
  const display = (await import(join(build, 'pdf.min.mjs'))) as typeof import('pdfjs-dist');
  process.on('unhandledRejection', ignoreOfPdfjs);
  return {
    display,
    cap: StreamCap.install(),
    leftOut: LeftOut.install(),
    folder,
    connect: (ears) => connect(core, display, ears),
  };
}

/**
 * Of broken files pdf.js leaves some promises to themselves, which would end the thread; what concerns the reading comes
 * through the promises that are awaited. Any other rejection still ends it.
 */
function ignoreOfPdfjs(reason: unknown): void {
  const isOfPdfjs = reason instanceof Error && /[\\/]pdfjs-dist[\\/]/.test(reason.stack ?? '');
  if (!isOfPdfjs) throw reason;
}

function connect(
  core: CoreHalf,
  display: typeof import('pdfjs-dist'),
  { onError, onPicture }: Ears,
): ReturnType<Pdfjs['connect']> {
  const [port, corePort] = LoopbackPort.pair();
  port.onError = onError;
  port.onPicture = onPicture;
  core.WorkerMessageHandler.initializeFromPort(corePort);
  const worker = new display.PDFWorker({ port: port as never, verbosity: WARNINGS });
  const close = (): void => {
    worker.destroy();
    port.close();
  };
  return { worker, close };
}
