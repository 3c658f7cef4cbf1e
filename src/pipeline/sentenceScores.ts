// Owns the worth of a sentence for a summary, by what any language shows: frequent words, place, length, the page around it.
import { amountsIn, hasDate } from './amounts.ts';
import type { Candidate } from './candidates.ts';
import { isLittleWord } from './commonLanguage.ts';

/** Lines that every second document carries and nobody wants to read. */
const BOILERPLATE =
  /©|\(c\) |copyright|all rights reserved|alle rechte vorbehalten|tous droits réservés|permission (?:is|to)|licen[cs]e|lizenz|warranty|isbn|issn|\bdoi\b|https?:|www\.|\S@\S+\.\S/i;

/** Openings that lean on a sentence before. */
const LEANING =
  /^(?:however|therefore|thus|hence|moreover|furthermore|also|then|but|and|so|this|these|those|they|he|she|it|such|for example|for instance|in this case|dies\p{L}*|daher|jedoch|außerdem|dabei|dazu|somit|dann|aber|und|er|sie|es|cependant|ainsi|donc|mais|il|elle|sin embargo|así|pero|tuttavia|quindi|ma)\b/iu;

/** Sentences that send the reader elsewhere. */
const REFERRING =
  /^(?:see|note|siehe|vgl|hinweis|voir|cf|véase|vedi)\b|\b(?:page|section|chapter|figure|table|seite|kapitel|abschnitt) \d/i;

const COMFORTABLE_CHARS = { min: 60, max: 240 };

/** How much the beginning of a document counts more, and the share of its sentences after which that has faded to a third. */
const LEAD_BONUS = 1.6;
const LEAD_SHARE = 0.04;
const MIN_LEAD_SENTENCES = 6;

/** In letters, invoices and reports of so many sentences, amounts and dates are what matters. */
const SHORT_DOCUMENT = 80;

/** How much less the last sentence of a document counts than the first, beside the lead. */
const FADE = 0.35;

/** Whether a line is a notice or an address that every second document carries. */
export function isBoilerplate(text: string): boolean {
  return BOILERPLATE.test(text);
}

/** What the document is about: its title as it is written, and the words of title and headings. */
export type Topic = { title: string; words: ReadonlySet<string> };

/** A score for each sentence, in their order. */
export function scoreSentences(sentences: readonly Candidate[], topic: Topic): number[] {
  const weights = wordWeights(sentences);
  const leadSentences = Math.max(MIN_LEAD_SENTENCES, sentences.length * LEAD_SHARE);
  const names = namesIn(topic.title);
  const isShort = sentences.length <= SHORT_DOCUMENT;
  return sentences.map((sentence, rank) => {
    const lead = (1 + LEAD_BONUS * Math.exp(-rank / leadSentences)) * (1 - (FADE * rank) / sentences.length);
    const topical = 1 + 0.6 * topicShare(sentence.words, topic.words) + (opensWith(sentence.text, names) ? 0.35 : 0);
    const factors = topical * placeFactor(sentence) * formFactor(sentence.text);
    return meanWeight(sentence.words, weights) * lead * factors * (isShort ? figureFactor(sentence.text) : 1);
  });
}

/** Capitalised words of the title, short ones too: what the document is about is mostly named in it. */
function namesIn(title: string): Set<string> {
  const names = title.match(/\p{Lu}[\p{L}\p{N}+#-]*/gu) ?? [];
  return new Set(names.map((name) => name.toLowerCase()).filter((name) => !isLittleWord(name)));
}

/** Three words are seldom longer. */
const OPENING_CHARS = 60;

/** Whether a sentence names the topic at once, as `R is a language …` or `The Graphviz package …` do. */
function opensWith(text: string, names: ReadonlySet<string>): boolean {
  const opening =
    text
      .slice(0, OPENING_CHARS)
      .toLowerCase()
      .match(/[\p{L}\p{N}+#-]+/gu) ?? [];
  return opening.slice(0, 3).some((word) => names.has(word));
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

function placeFactor({ opensSection, pageProse }: Candidate): number {
  return (opensSection ? 1.15 : 1) * (0.4 + 0.6 * pageProse);
}

function figureFactor(text: string): number {
  return 1 + (amountsIn(text).length > 0 ? 0.3 : 0) + (hasDate(text) ? 0.3 : 0);
}

function formFactor(text: string): number {
  const { min, max } = COMFORTABLE_CHARS;
  const length = text.length < min ? 0.7 + (0.3 * text.length) / min : text.length > max ? max / text.length : 1;
  const ending = /[?:]$/.test(text) ? 0.5 : 1;
  const symbols = text.match(/[()[\]"=<>/\\_]|\d+/g)?.length ?? 0;
  const plain = 1 / (1 + symbols / 12);
  const asides = REFERRING.test(text) ? 0.6 : 1;
  return length * ending * plain * asides * (isBoilerplate(text) ? 0.15 : 1) * (LEANING.test(text) ? 0.7 : 1);
}
