// Owns every word that members read: answers, refusals, progress, help. What happened, what they can do; never a stack or a path.
import { MAX_EVENT_BYTES } from '../../config/limits.ts';
import type { Answer } from '../domain/answer.ts';
import type { ErrorCode } from '../domain/errors.ts';
import type { Note } from '../domain/reading.ts';
import type { Rendered } from './content.ts';
import { beginningOf, escapeHtml, oneLine, paragraphs } from './html.ts';

/** Longer answers show their beginning and fold the rest. */
const FOLD_OVER_CHARS = 1_500;
const LEAD_CHARS = 600;
/** What does not fit into an event even with so short a summary loses key points. */
const LEAST_SUMMARY_CHARS = 100;
const MAX_TITLE_CHARS = 160;
const MAX_POINT_CHARS = 400;
const MIB = 1024 * 1024;

/** The answer to one upload; it always fits into one event, edited or not. */
export function renderAnswer(answer: Answer): Rendered {
  let { text, keyPoints } = answer.summary;
  let rendered = compose(answer, text, keyPoints);
  while (eventBytes(rendered) > MAX_EVENT_BYTES && (text.length > LEAST_SUMMARY_CHARS || keyPoints.length > 0)) {
    if (text.length > LEAST_SUMMARY_CHARS) text = `${beginningOf(text, Math.floor(text.length * 0.7))}…`;
    else keyPoints = keyPoints.slice(0, -1);
    rendered = compose(answer, text, keyPoints);
  }
  return rendered;
}

/** An edit carries everything twice. */
function eventBytes({ body, html }: Rendered): number {
  return 2 * (Buffer.byteLength(JSON.stringify(body)) + Buffer.byteLength(JSON.stringify(html)));
}

function compose(answer: Answer, summary: string, keyPoints: string[]): Rendered {
  const title = titleLine(answer);
  const points = keyPoints.map((point) => oneLine(point, MAX_POINT_CHARS));
  const foot = footLines(answer);
  const body = [
    `${oneLine(answer.fileName, MAX_TITLE_CHARS)} — ${title}`,
    ...(summary ? [summary] : []),
    ...(points.length > 0 ? [`Key points:\n${points.map((point) => `• ${point}`).join('\n')}`] : []),
    foot.join('\n'),
  ].join('\n\n');
  const list = points.map((point) => `<li>${escapeHtml(point)}</li>`).join('');
  const pointsHtml = list && `<p>Key points:</p><ul>${list}</ul>`;
  const footHtml = `<p><em>${foot.map(escapeHtml).join('<br>')}</em></p>`;
  const head = `<p><strong>${escapeHtml(oneLine(answer.fileName, MAX_TITLE_CHARS))}</strong> — ${escapeHtml(title)}</p>`;
  const html = `${head}${foldedSummary(summary, points.join(''), pointsHtml)}${footHtml}`;
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

function titleLine({ reading }: Answer): string {
  const language = reading.language && new Intl.DisplayNames(['en'], { type: 'language' }).of(reading.language);
  const facts = ['PDF', count(reading.pageCount, 'page'), ...(language ? [language] : [])].join(', ');
  const title = reading.title && `“${oneLine(reading.title, MAX_TITLE_CHARS)}”`;
  const author = reading.author && ` by ${oneLine(reading.author, 80)}`;
  return title ? `${facts}: ${title}${author ?? ''}` : facts;
}

function footLines(answer: Answer): string[] {
  const { pageCount } = answer.reading;
  const all = pageCount === 1 ? 'The page was read.' : `All ${pageCount} pages were read.`;
  const lines = answer.pagesRead === pageCount ? [all] : [];
  lines.push(...answer.notes.map(noteText));
  if (!answer.hasText) lines.push('There is no text in it to summarise.');
  if (answer.attachment === 'attached') lines.push('The whole text is attached.');
  if (answer.hasText) lines.push(byLine(answer));
  return lines;
}

function byLine({ summary }: Answer): string {
  if (summary.by.kind === 'model') return `Summary by ${summary.by.name}; check what matters on the page named.`;
  return 'Summary made of sentences of the document.';
}

/** One sentence on what a reading left out and why. */
export function noteText(note: Note): string {
  switch (note.kind) {
    case 'page_limit':
      return `Read ${note.read} of ${note.of} pages: page limit.`;
    case 'time_limit':
      return `Read ${note.read} of ${note.of} pages: time limit.`;
    case 'size_limit':
      return `Read ${note.read} of ${note.of} pages: the others hold more data than is safe to unpack.`;
    case 'pages_failed':
      return `${pageList(note.pages)} could not be read: damaged.`;
    case 'pages_without_text':
      return note.pages.length === 1
        ? `${pageList(note.pages)} holds a picture and no text: I cannot read it yet.`
        : `${pageList(note.pages)} hold pictures and no text: I cannot read them yet.`;
    case 'summary_limit':
      return `The summary covers the first ${note.characters.toLocaleString('en')} characters (to page ${note.lastPage}).`;
    case 'damaged':
      return 'The file is damaged; what could be repaired was read.';
    case 'model_fallback':
      return `The language model gave no usable answer (${note.reason}).`;
    case 'summary_cut':
      return 'The model was cut off at its length limit.';
    case 'text_not_attached':
      return 'The whole text could not be attached: the homeserver did not take the file.';
  }
}

function pageList(pages: number[]): string {
  const shown = pages.slice(0, 12).join(', ');
  const rest = pages.length > 12 ? ` and ${pages.length - 12} more` : '';
  return `${pages.length === 1 ? 'Page' : 'Pages'} ${shown}${rest}`;
}

function count(n: number, noun: string): string {
  return n === 1 ? `1 ${noun}` : `${n} ${noun}s`;
}

export type RefusalFacts = { fileName: string; maxFileBytes: number };

/** The sentence that a member reads when an upload cannot be answered. */
export function renderFailure(code: ErrorCode, facts: RefusalFacts): Rendered {
  const name = oneLine(facts.fileName, MAX_TITLE_CHARS);
  const text = `${name}: ${failureText(code, facts)}`;
  return { body: text, html: `<p><strong>${escapeHtml(name)}</strong>: ${escapeHtml(failureText(code, facts))}</p>` };
}

/** What happened and what can be done, for a member. */
export function failureText(code: ErrorCode, { maxFileBytes }: Pick<RefusalFacts, 'maxFileBytes'>): string {
  switch (code) {
    case 'not_a_document':
      return 'this is called a PDF but its content is none. Please send the PDF itself.';
    case 'empty_file':
      return 'the file is empty. Please send it again.';
    case 'unreadable':
      return 'the PDF is damaged beyond reading. Please save or export it anew and send it again.';
    case 'picture_unsupported':
      return 'pictures of this kind (SVG, HEIC) are not read here. Please send it as PNG or JPEG.';
    case 'picture_too_small':
      return 'the picture is too small to read. Please send it in its full size.';
    case 'picture_blank':
      return 'there is nothing on the picture to read. If there should be, please send it again.';
    case 'picture_blurred':
      return 'the picture is too blurred to read. Please take it again, with a steady hand and more light.';
    case 'password_needed':
      return 'the PDF is protected by a password. Please send a copy without one.';
    case 'too_large':
      return `the file is larger than ${Math.floor(maxFileBytes / MIB)} MB, the limit here. Please send a smaller one, or its parts.`;
    case 'media_missing':
      return 'the homeserver no longer has this file. Please send it again.';
    case 'media_unavailable':
    case 'homeserver_unavailable':
    case 'homeserver_rate_limited':
      return 'the file could not be downloaded from the homeserver, after several tries. Please send it again later.';
    case 'timeout':
      return 'reading took longer than the limit here. Please send a part of it.';
    case 'out_of_memory':
      return 'reading needs more memory than is allowed here. Please send a part of it.';
    case 'model_unavailable':
    case 'model_rate_limited':
      return 'the language model has been away for too long. Please send it again later.';
    case 'model_failed':
    case 'model_context_exceeded':
      return 'the language model gave no usable answer. Please tell whoever runs this bot.';
    default:
      return 'something went wrong here while reading it. Please tell whoever runs this bot.';
  }
}

export type Stage =
  | { kind: 'in_line'; ahead: number }
  | { kind: 'reading'; page: number; of: number }
  | { kind: 'summarising'; part: number; of: number }
  | { kind: 'model_away' };

/** The status notice while a member waits; its body begins with ⏳. */
export function renderStatus(fileName: string, stage: Stage): Rendered {
  const text = `⏳ ${oneLine(fileName, MAX_TITLE_CHARS)}: ${stageText(stage)}`;
  return { body: text, html: `<p>${escapeHtml(text)}</p>` };
}

function stageText(stage: Stage): string {
  switch (stage.kind) {
    case 'in_line':
      return stage.ahead === 0 ? 'next in line' : `${count(stage.ahead, 'document')} before it in line`;
    case 'reading':
      return stage.of > 0 ? `reading page ${stage.page} of ${stage.of}` : 'reading';
    case 'summarising':
      return stage.of > 1 ? `summarising part ${stage.part} of ${stage.of}` : 'summarising';
    case 'model_away':
      return 'it is read; the language model is away just now, the summary follows when it is back';
  }
}
