// Owns the language of a document: the quick way where it is sure, the detector's tables where it is not.
import type { Body } from '../src/pipeline/body.ts';
import { commonLanguage } from '../src/pipeline/commonLanguage.ts';

/** More text does not make it surer. */
const SAMPLE_CHARS = 6_000;

/** Less text makes it a guess, and is not worth loading the tables. */
const MIN_LETTERS = 60;

const ADDRESS = /\S*(?:https?:|www\.|@)\S*/g;

/**
 * ISO 639-1 of the body, null when it is too short to tell. eld's smallest tables take 85 MB a thread, so they are
 * asked only about texts that the common languages' little words leave open.
 */
export async function detectLanguage(body: Body): Promise<string | null> {
  const sample = sampleOf(body);
  const common = commonLanguage(sample);
  if (common || (sample.match(/\p{L}/gu)?.length ?? 0) < MIN_LETTERS) return common;
  return askDetector(sample);
}

/** From the second third of the document, where neither a cover nor an index stands, and without addresses. */
function sampleOf(body: Body): string {
  const total = body.reduce((sum, page) => sum + page.text.length, 0);
  let before = 0;
  let sample = '';
  for (const { text } of body) {
    before += text.length;
    if (before < total / 3) continue;
    sample += `${text.slice(0, SAMPLE_CHARS - sample.length)}\n`;
    if (sample.length >= SAMPLE_CHARS) break;
  }
  return sample.replaceAll(ADDRESS, ' ');
}

async function askDetector(sample: string): Promise<string | null> {
  const { eld } = await import('eld/extrasmall');
  const result = eld.detect(sample);
  return result.language !== '' && result.isReliable() ? result.language : null;
}
