// Owns reading a model's plain-text answer: a summary, and key points under it. Models keep to the form more or less.
import { cleanAnswer } from './cleanAnswer.ts';

const MAX_SUMMARY_CHARS = 4_000;
const MAX_KEY_POINTS = 5;
const MAX_KEY_POINT_CHARS = 400;

export type ModelText = { summary: string; keyPoints: string[] };

const BULLET = /^\s*(?:(?:[-*•‣◦▪–—·]|\d{1,2}[.)])\s+(?=\S)|・\s*)/;

/** Lines of the prompt that a small model repeats. */
const ECHO = /^(?:<<<[0-9a-f]{16}|[0-9a-f]{16}>>>|\[pages? \d+(?:[-–]\d+)?\])$/;

/** Group 1: what stands behind the heading in its line. */
const KEY_POINTS =
  /^\s*(?:key (?:points|takeaways|facts|findings)|main points|highlights|kernpunkte|wichtigste punkte|points clés|puntos clave|punti chiave|pontos[- ]chave|belangrijkste punten|kluczowe punkty|ключевые (?:моменты|пункты)|要点|キーポイント|重要なポイント)\s*(?:[:：]\s*(.*))?$/iu;

/** A line that only announces: `Here is the summary:`, `Zusammenfassung:`. */
const ANNOUNCEMENT = /^.{0,100}[:：]$/u;
const LABEL = /^(?:summary|zusammenfassung|résumé|resumen|riassunto|resumo|samenvatting|streszczenie)\s*[:：]\s*/iu;
const POLITE = /^(?:sure|certainly|of course|okay|here(?:['’]s| is| are))\b.{0,100}?[:：]\s+/iu;

/**
 * The summary as one paragraph of at most 4,000 characters and up to five key points, free of Markdown and of anything
 * that could fool a reader. Takes what there is: no heading, other languages, points only. Null when nothing is left.
 */
export function parseModelText(answer: string): ModelText | null {
  const lines = cleanAnswer(answer).split('\n');
  const { body, points } = divide(lines.filter((line) => !ECHO.test(line.trim())));
  const summary = toSummary(body);
  if (summary !== '') return { summary: capAtSentence(summary, MAX_SUMMARY_CHARS), keyPoints: toKeyPoints(points) };
  const onlyPoints = toSummary(points);
  return onlyPoints === '' ? null : { summary: capAtSentence(onlyPoints, MAX_SUMMARY_CHARS), keyPoints: [] };
}

function divide(lines: string[]): { body: string[]; points: string[] } {
  const heading = lines.findIndex((line) => KEY_POINTS.test(line));
  return heading >= 0 ? divideAtHeading(lines, heading) : divideBeforeLastBullets(lines);
}

function divideAtHeading(lines: string[], heading: number): { body: string[]; points: string[] } {
  const body = lines.slice(0, heading);
  const sameLine = KEY_POINTS.exec(lines[heading] ?? '')?.[1];
  const behind = sameLine ? [`- ${sameLine}`] : [];
  const after = lines.slice(heading + 1);
  if (toSummary(body) !== '') return { body, points: [...behind, ...after] };
  // The points came first: the summary is what follows them without a bullet.
  const lastBullet = after.findLastIndex((line) => BULLET.test(line));
  return { body: after.slice(lastBullet + 1), points: [...behind, ...after.slice(0, lastBullet + 1)] };
}

function divideBeforeLastBullets(lines: string[]): { body: string[]; points: string[] } {
  const last = lines.findLastIndex((line) => BULLET.test(line));
  if (last < 0) return { body: lines, points: [] };
  let first = last;
  while (first > 0 && (BULLET.test(lines[first - 1] ?? '') || isBlankBetweenBullets(lines, first - 1))) first--;
  return { body: lines.slice(0, first), points: lines.slice(first) };
}

function isBlankBetweenBullets(lines: string[], index: number): boolean {
  return (lines[index] ?? '').trim() === '' && index > 0 && BULLET.test(lines[index - 1] ?? '');
}

/** Bullets with the lines that go on after them; without any bullet, every line is a point. */
function toKeyPoints(lines: string[]): string[] {
  const bulleted = lines.some((line) => BULLET.test(line));
  const points: string[] = [];
  let open = false;
  for (const line of lines) {
    if (line.trim() === '') open = false;
    else if (BULLET.test(line) || !bulleted) {
      points.push(line.replace(BULLET, ''));
      open = true;
    } else if (open) points.push(`${points.pop()} ${line}`);
  }
  const clean = points.map(oneLine).filter(hasWords);
  return [...new Set(clean)].slice(0, MAX_KEY_POINTS).map((point) => capAtSentence(point, MAX_KEY_POINT_CHARS));
}

function toSummary(lines: string[]): string {
  const said = lines.map((line) => oneLine(line.replace(BULLET, ''))).filter(hasWords);
  while (said.length > 1 && ANNOUNCEMENT.test(said[0] ?? '')) said.shift();
  // The heading of the points, in a language that is not known here.
  while (said.length > 1 && ANNOUNCEMENT.test(said.at(-1) ?? '')) said.pop();
  return said.join(' ').replace(POLITE, '').replace(LABEL, '');
}

function hasWords(line: string): boolean {
  return /[\p{L}\p{N}]/u.test(line);
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** At most `maxChars`, ended after a sentence where there is one, else with an ellipsis. */
export function capAtSentence(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const kept = text.slice(0, maxChars);
  let end = 0;
  for (const match of kept.matchAll(/[.!?…]["'”’)\]]*(?=\s)|[。！？]/g)) end = match.index + match[0].length;
  if (end >= maxChars / 2) return kept.slice(0, end);
  const word = kept.slice(0, maxChars - 1).replace(/\s+\S*$/, '');
  return `${word.replace(/[\ud800-\udbff]$/, '')}…`;
}
