// Owns the words of an answer: what the upload is, what stands in it, its fields, and what was and was not read.
import { MAX_EVENT_BYTES, SURE_CONFIDENCE } from '../../config/limits.ts';
import type { Answer, PictureKind, Summary } from '../domain/answer.ts';
import type { Rendered } from './content.ts';
import { beginningOf, count, escapeHtml, oneLine, paragraphs, shortTitle } from './html.ts';
import { noteText } from './notes.ts';
import { MAX_TABLE_BYTES, renderFieldsTable } from './renderFields.ts';

/** Longer answers show their beginning and fold the rest. */
const FOLD_OVER_CHARS = 1_500;
const LEAD_CHARS = 600;
/** What does not fit into an event even with so short a summary loses key points. */
const LEAST_SUMMARY_CHARS = 100;
const MAX_POINT_CHARS = 400;

/** The answer to one upload; it always fits into one event, edited or not. */
export function renderAnswer(answer: Answer): Rendered {
  return renderAnswers([answer]);
}

/** One answer to several uploads, a part for each; it always fits into one event. */
export function renderAnswers(answers: Answer[]): Rendered {
  let parts = answers;
  let rendered = join(parts);
  while (eventBytes(rendered) > MAX_EVENT_BYTES && parts.some(({ summary }) => canShrink(summary))) {
    parts = parts.map((answer) => ({ ...answer, summary: shrink(answer.summary) }));
    rendered = join(parts);
  }
  return rendered;
}

/** An edit carries everything twice. */
function eventBytes({ body, html }: Rendered): number {
  return 2 * (Buffer.byteLength(JSON.stringify(body)) + Buffer.byteLength(JSON.stringify(html)));
}

function canShrink({ text, keyPoints }: Summary): boolean {
  return text.length > LEAST_SUMMARY_CHARS || keyPoints.length > 0;
}

function shrink(summary: Summary): Summary {
  const { text, keyPoints } = summary;
  if (text.length <= LEAST_SUMMARY_CHARS) return { ...summary, keyPoints: keyPoints.slice(0, -1) };
  return { ...summary, text: `${beginningOf(text, Math.floor(text.length * 0.7))}…` };
}

function join(answers: Answer[]): Rendered {
  const parts = answers.map((answer) => compose(answer, MAX_TABLE_BYTES / answers.length));
  return { body: parts.map(({ body }) => body).join('\n\n'), html: parts.map(({ html }) => html).join('') };
}

function compose(answer: Answer, maxTableBytes: number): Rendered {
  const { text, keyPoints } = answer.summary;
  const name = shortTitle(answer.fileName);
  const title = titleLine(answer);
  const points = keyPoints.map((point) => oneLine(point, MAX_POINT_CHARS));
  const fields = answer.fields && renderFieldsTable(answer.fields.rows, maxTableBytes);
  const foot = footLines(answer);
  const body = [
    `${name} — ${title}`,
    ...(text ? [text] : []),
    ...(points.length > 0 ? [`Key points:\n${points.map((point) => `• ${point}`).join('\n')}`] : []),
    ...(fields ? [fields.body] : []),
    foot.join('\n'),
  ].join('\n\n');
  const list = points.map((point) => `<li>${escapeHtml(point)}</li>`).join('');
  const pointsHtml = list && `<p>Key points:</p><ul>${list}</ul>`;
  const footHtml = `<p><em>${foot.map(escapeHtml).join('<br>')}</em></p>`;
  const head = `<p><strong>${escapeHtml(name)}</strong> — ${escapeHtml(title)}</p>`;
  const html = `${head}${foldedSummary(text, points.join(''), pointsHtml)}${fields?.html ?? ''}${footHtml}`;
  return { body, html };
}

function foldedSummary(summary: string, points: string, pointsHtml: string): string {
  if (summary.length + points.length <= FOLD_OVER_CHARS) return `${summary && paragraphs(summary)}${pointsHtml}`;
  const lead = beginningOf(summary, LEAD_CHARS);
  const end = lead.search(/[.!?。！？)](?=\s[^.!?。！？]*$)/u);
  const cut = lead.length === summary.length || end <= 0 ? lead.length : end + 1;
  const rest = summary.slice(cut).trim();
  const more = `${rest && paragraphs(rest)}${pointsHtml}`;
  return `${paragraphs(summary.slice(0, cut))}<details><summary>More</summary>${more}</details>`;
}

const KINDS_IN_WORDS: Record<PictureKind, string> = {
  receipt: 'a receipt',
  invoice: 'an invoice',
  terminal: 'a terminal',
  chat: 'a chat',
  event: 'an announcement',
  chart: 'a trading screen',
};

function titleLine({ reading, pictureKind }: Answer): string {
  const { kind, pageCount } = reading;
  const language = reading.language && new Intl.DisplayNames(['en'], { type: 'language' }).of(reading.language);
  const pages = kind === 'pdf' || pageCount > 1 ? [count(pageCount, 'page')] : [];
  const what = pictureKind === null ? 'Picture' : `Picture of ${KINDS_IN_WORDS[pictureKind]}`;
  const facts = [kind === 'pdf' ? 'PDF' : what, ...pages, ...(language ? [language] : [])].join(', ');
  const title = reading.title && `“${shortTitle(reading.title)}”`;
  const author = reading.author && ` by ${oneLine(reading.author, 80)}`;
  return title ? `${facts}: ${title}${author ?? ''}` : facts;
}

function footLines(answer: Answer): string[] {
  const { kind, pageCount, ocrConfidence } = answer.reading;
  const isPicture = kind === 'image' && pageCount === 1;
  const all = pageCount === 1 ? 'The page was read.' : `All ${pageCount} pages were read.`;
  const lines = answer.pagesRead === pageCount && !isPicture ? [all] : [];
  if (ocrConfidence !== null) lines.push(recognisedLine(ocrConfidence));
  lines.push(...answer.notes.map(noteText));
  if (!answer.hasText && !isPicture) lines.push('There is no text in it to summarise.');
  if (answer.attachment === 'attached') lines.push('The whole text is attached.');
  if (answer.fields?.by === 'rules')
    lines.push('Fields found by the rules of the profile, without a model; check them.');
  if (answer.summary.text !== '') lines.push(...byLine(answer, isPicture));
  return lines;
}

function recognisedLine(confidence: number): string {
  const doubt = confidence < SURE_CONFIDENCE ? ': much of it may be wrong, check it' : '';
  return `Read by text recognition (confidence ${Math.round(confidence)} %)${doubt}.`;
}

function byLine({ summary }: Answer, isPicture: boolean): string[] {
  if (summary.by.kind === 'model') {
    const place = isPicture ? 'in the picture' : 'on the page named';
    return [`Summary by ${summary.by.name}; check what matters ${place}.`];
  }
  return isPicture ? [] : ['Summary made of sentences of the document.'];
}
