// Owns where the trained data of an OCR language lies: a folder of the operator's, or an installed package; nothing is fetched.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { OcrLanguage } from '../domain/ocr.ts';

const CODE = /^[A-Za-z0-9_]+$/;

/** Of the two kinds of data in a package these are the smaller and the better ones for the engine in use. */
const BEST = '4.0.0_best_int';

export type FoundLanguages = { found: OcrLanguage[]; missing: string[] };

/**
 * Looks for each code (`eng`, `deu`, …) as `CODE.traineddata` or `CODE.traineddata.gz` in `tessdataDir`, then in the package
 * `@tesseract.js-data/CODE`; both lists keep the order of `codes`.
 */
export function findOcrLanguages(codes: readonly string[], tessdataDir: string | undefined): FoundLanguages {
  const languages: FoundLanguages = { found: [], missing: [] };
  for (const code of codes) {
    const path = CODE.test(code) ? candidates(code, tessdataDir).find((file) => existsSync(file)) : undefined;
    if (path === undefined) languages.missing.push(code);
    else languages.found.push({ code, path });
  }
  return languages;
}

function candidates(code: string, tessdataDir: string | undefined): string[] {
  const folders = [tessdataDir, packageFolder(code)].filter((folder) => folder !== undefined);
  return folders.flatMap((folder) => ['', '.gz'].map((end) => join(folder, `${code}.traineddata${end}`)));
}

function packageFolder(code: string): string | undefined {
  try {
    const manifest = createRequire(import.meta.url).resolve(`@tesseract.js-data/${code}/package.json`);
    return join(dirname(manifest), BEST);
  } catch {
    // Not installed: the caller names the language as missing.
    return undefined;
  }
}
