// Owns the recognising of one picture: which page modes are tried, and whose result counts.
import type { OcrLanguage } from '../src/domain/ocr.ts';
import { type OcrText, ocrText } from '../src/pipeline/ocrText.ts';
import type { GreyPicture } from './greyPicture.ts';
import { letGo } from './letGo.ts';
import { loadOcrCore, type OcrCore } from './ocrCore.ts';
import { eraseRuledLines } from './ruledLines.ts';

/** Tesseract's page mode "one block of text": it keeps the rows of tables and the order of dialogs. */
const ONE_BLOCK = '6';

/** "Find the blocks", for what mode 6 fails on. */
const FIND_BLOCKS = '3';

/** With less confidence the other mode is tried, too. */
const SURE = 50;

export type OcrEngine = {
  /** Dark text on light ground, large enough to read; the picture is used up. Throws when the engine gives up (memory). */
  recognise(picture: GreyPicture): OcrText;
};

/** An engine for these languages: 150 ms and 50 MB, so it is kept between pages. */
export async function createOcrEngine(languages: readonly OcrLanguage[]): Promise<OcrEngine> {
  const core = await loadOcrCore(languages);
  return {
    recognise(picture) {
      eraseRuledLines(picture);
      core.writeInput(asPortableGreyMap(picture));
      letGo(picture.grey);
      const first = recogniseAs(core, ONE_BLOCK);
      if (first.confidence >= SURE) return first;
      const second = recogniseAs(core, FIND_BLOCKS);
      return weightOf(second) > weightOf(first) ? second : first;
    },
  };
}

/** Much text of some confidence is worth more than one sure word. */
function weightOf({ text, confidence }: OcrText): number {
  return text.length * confidence ** 2;
}

function recogniseAs({ api }: OcrCore, pageMode: string): OcrText {
  api.SetVariable('tessedit_pageseg_mode', pageMode);
  if (api.SetImageFile(1, 0) === 1) throw new Error('Tesseract does not take the picture');
  if (api.Recognize(null) !== 0) throw new Error('Tesseract gave the picture up');
  const text = ocrText(api.GetTSVText(0));
  api.Clear();
  return text;
}

/** The plainest picture format that Tesseract reads: nothing is compressed for the sake of one call. */
function asPortableGreyMap({ grey, width, height }: GreyPicture): Uint8Array {
  return Buffer.concat([Buffer.from(`P5\n${width} ${height}\n255\n`, 'latin1'), grey]);
}
