// Owns the loading of Tesseract in an OCR thread: the WebAssembly that tesseract.js brings, without its worker thread and its downloads.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { OcrLanguage } from '../src/domain/ocr.ts';

/** The part of Tesseract's TessBaseAPI that we use. */
export type Tesseract = {
  Init(dataPath: null, languages: string, engineMode: number): number;
  SetVariable(name: string, value: string): boolean;
  /** Of the file /input; 1: it is no picture. */
  SetImageFile(exifOrientation: number, angle: number): number;
  Recognize(monitor: null): number;
  GetTSVText(pageNumber: number): string;
  Clear(): void;
};

export type OcrCore = { api: Tesseract; writeInput(picture: Uint8Array): void };

type CoreModule = {
  TessBaseAPI: new () => Tesseract;
  FS: { writeFile(path: string, bytes: Uint8Array): void; unlink(path: string): void };
};
type GetCore = (
  engineMode: number,
  corePath: string,
  progress: { progress(): void },
) => Promise<(options: object) => Promise<CoreModule>>;

/** Tesseract's OEM_LSTM_ONLY: the neural network, the only engine that the data packages hold. */
const LSTM_ONLY = 1;

const unpack = promisify(gunzip);

/**
 * Tesseract with these languages, ready to recognise. tesseract.js would start one more thread for it, whose jobs never settle
 * when this one is ended, and load the larger core that also has the old engine; of its parts only the choice of the core for
 * this processor is used. Throws when the data are no trained data.
 */
export async function loadOcrCore(languages: readonly OcrLanguage[]): Promise<OcrCore> {
  const ofTesseract = createRequire(createRequire(import.meta.url).resolve('tesseract.js'));
  const getCore = ofTesseract('./worker-script/node/getCore.js') as GetCore;
  const createCore = await getCore(LSTM_ONLY, '', { progress() {} });
  // What Tesseract prints (such as a guess at the resolution) is for nobody.
  const core = await createCore({ TesseractProgress() {}, print() {}, printErr() {} });
  for (const { code, path } of languages) core.FS.writeFile(`./${code}.traineddata`, await trainedData(path));
  const api = new core.TessBaseAPI();
  const codes = languages.map(({ code }) => code).join('+');
  if (api.Init(null, codes, LSTM_ONLY) !== 0) throw new Error(`Tesseract takes no data for ${codes}`);
  // It has them in its own memory now.
  for (const { code } of languages) core.FS.unlink(`./${code}.traineddata`);
  return { api, writeInput: (picture) => core.FS.writeFile('/input', picture) };
}

async function trainedData(path: string): Promise<Uint8Array> {
  const bytes = await readFile(path);
  const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return isPacked ? unpack(bytes) : bytes;
}
