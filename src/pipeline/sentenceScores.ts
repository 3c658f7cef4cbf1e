// Owns the worth of a sentence for a summary, by what any language shows: frequent words, place, length, the page around it.
import type { Candidate } from './candidates.ts';

/** Lines that every second document carries and nobody wants to read. */
const BOILERPLATE =
  /©|\(c\) |copyright|all rights reserved|alle rechte vorbehalten|tous droits réservés|permission (?:is|to)|licen[cs]e|lizenz|warranty|isbn|issn|\bdoi\b|https?:|www\.|\S@\S+\.\S/i;

/** Openings that lean on a sentence before. */
const LEANING =
  /^(?:however|therefore|thus|hence|moreover|furthermore|also|then|but|and|so|this|these|those|they|he|she|it|such|for example|for instance|in this case|dies\p{L}*|daher|jedoch|außerdem|dabei|dazu|somit|dann|aber|und|er|sie|es|cependant|ainsi|donc|mais|il|elle|sin embargo|así|pero|tuttavia|quindi|ma)\b/iu;

const COMFORTABLE_CHARS = { min: 60, max: 240 };

/** How much the beginning of a document counts more, and after how many sentences that has faded to a third. */
const LEAD_BONUS = 1.2;
const LEAD_SENTENCES = 8;

/** A score for each sentence, in their order; `topicWords` are those of the title and the headings. */
export function scoreSentences(sentences: readonly Candidate[], topicWords: ReadonlySet<string>): number[] {
  const weights = wordWeights(sentences);
  return sentences.map((sentence, rank) => {
    const base = meanWeight(sentence.words, weights) * (1 + 0.6 * topicShare(sentence.words, topicWords));
    return base * placeFactor(sentence, rank) * formFactor(sentence.text);
  });
}

/** Words weigh more the more sentences hold them, up to those that are everywhere and say nothing. */
function wordWeights(sentences: readonly Candidate[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { words } of sentences) for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  const everywhere = Math.max(3, sentences.length * (sentences.length < 15 ? 0.5 : 0.2));
  const weights = new Map<string, number>();
  for (const [word, count] of counts) weights.set(word, count > everywhere ? 0 : Math.log2(1 + count));
  return weights;
}

function meanWeight(words: ReadonlySet<string>, weights: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const word of words) sum += weights.get(word) ?? 0;
  return sum / (words.size + 4) ** 0.75;
}

function topicShare(words: ReadonlySet<string>, topicWords: ReadonlySet<string>): number {
  let shared = 0;
  for (const word of words) if (topicWords.has(word)) shared += 1;
  return shared / Math.max(4, words.size);
}

function placeFactor({ opensSection, pageProse }: Candidate, rank: number): number {
  const lead = 1 + LEAD_BONUS * Math.exp(-rank / LEAD_SENTENCES);
  return lead * (opensSection ? 1.15 : 1) * (0.4 + 0.6 * pageProse);
}

function formFactor(text: string): number {
  const { min, max } = COMFORTABLE_CHARS;
  const length = text.length < min ? 0.7 + (0.3 * text.length) / min : text.length > max ? max / text.length : 1;
  const ending = /[?:]$/.test(text) ? 0.5 : 1;
  return length * ending * (BOILERPLATE.test(text) ? 0.15 : 1) * (LEANING.test(text) ? 0.7 : 1);
}
