// Owns the extract of a document: a summary of its own sentences with their pages, and its key points.
import type { Extract, Sentence } from '../domain/reading.ts';
import type { Body } from './body.ts';
import { type Candidate, candidatesOf } from './candidates.ts';
import { chooseKeyPoints } from './keyPoints.ts';
import { scoreSentences } from './sentenceScores.ts';
import { contentWords } from './words.ts';

const MIN_SENTENCES = 3;
const MAX_SENTENCES = 8;

/** Only so many of the best are compared with each other. */
const CONTENDERS = 200;

/** How much a sentence loses for repeating one that is already chosen. */
const REPETITION_COST = 0.8;

/** How much it loses for each one chosen from the same page. */
const SAME_PAGE_FACTOR = 0.85;

/** Further sentences that may become key points where there are no figures. */
const SPARE_SENTENCES = 12;

/** Three to eight sentences (as many as there are in a shorter document) and up to five key points, in the document's order. */
export function extract(body: Body, title: string | null = null): Extract {
  const candidates = candidatesOf(body);
  const sentences = usableSentences(candidates);
  const scores = scoreSentences(sentences, { title: title ?? '', words: topicWords(candidates, title) });
  const count = targetCount(sentences.length);
  const ranked = rank(sentences, scores, count + SPARE_SENTENCES);
  const summary = ranked.slice(0, count);
  const keyPoints = chooseKeyPoints(candidates, summary, ranked.slice(count));
  return { summary: summary.sort((a, b) => a.order - b.order).map(asSentence), keyPoints: keyPoints.map(asSentence) };
}

function usableSentences(candidates: readonly Candidate[]): Candidate[] {
  const sentences = withoutRepeats(candidates.filter((candidate) => candidate.isSentence));
  // Forms, tables and lists have no sentences: their lines must do.
  return sentences.length >= MIN_SENTENCES ? sentences : withoutRepeats(candidates.filter(isFallback));
}

function isFallback({ text, isSentence, words }: Candidate): boolean {
  return isSentence || (text.length >= 12 && text.length <= 300 && words.size >= 2);
}

function withoutRepeats(candidates: readonly Candidate[]): Candidate[] {
  const seen = new Set<string>();
  return candidates.filter(({ text }) => !seen.has(text) && seen.add(text));
}

function topicWords(candidates: readonly Candidate[], title: string | null): Set<string> {
  const words = contentWords(title ?? '');
  for (const candidate of candidates) {
    if (candidate.kind === 'heading') for (const word of candidate.words) words.add(word);
  }
  return words;
}

function targetCount(sentences: number): number {
  return Math.min(MAX_SENTENCES, Math.max(MIN_SENTENCES, Math.round(2 + Math.log2(1 + sentences / 4))));
}

/** The best sentences, best first: each time the others are judged by what they add to those before. */
function rank(sentences: readonly Candidate[], scores: readonly number[], count: number): Candidate[] {
  let left = sentences
    .map((sentence, index) => ({ sentence, score: scores[index] ?? 0 }))
    .sort((a, b) => b.score - a.score)
    .slice(0, CONTENDERS);
  const ranked: Candidate[] = [];
  while (ranked.length < count && left.length > 0) {
    const best = left.reduce((a, b) => (b.score > a.score ? b : a));
    const picked = best.sentence;
    ranked.push(picked);
    left = left
      .filter((other) => other !== best)
      .map(({ sentence, score }) => {
        const samePage = sentence.page === picked.page ? SAME_PAGE_FACTOR : 1;
        return { sentence, score: score * samePage * (1 - REPETITION_COST * overlap(sentence.words, picked.words)) };
      });
  }
  return ranked;
}

function overlap(some: ReadonlySet<string>, others: ReadonlySet<string>): number {
  let shared = 0;
  for (const word of some) if (others.has(word)) shared += 1;
  return shared / Math.max(1, Math.min(some.size, others.size));
}

function asSentence({ text, page }: Candidate): Sentence {
  return { text, page };
}
