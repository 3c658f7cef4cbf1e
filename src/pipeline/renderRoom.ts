// Owns the notices to a room as a whole: welcome, help, status, and who may not use it.
import type { Model } from '../domain/model.ts';
import type { Rendered } from './content.ts';
import { count, oneLine } from './html.ts';
import { sentence, withLines } from './noticeText.ts';
import { HOW_TO_ASK, modeInWords, type RoomPlace } from './renderSettings.ts';

export type RoomFacts = {
  /** Host that the text goes to; null: it stays here. */
  modelHost: string | null;
  /** Whether pictures go to that host as well; means nothing without one. */
  vision: Model['vision'];
  /** Languages of OCR by Tesseract's names, such as `eng`; none: there is no OCR. */
  ocrLanguages: readonly string[];
  maxPages: number;
  maxFileBytes: number;
  /** How long what was read is kept for the same file; null: not at all. */
  resultCacheMs: number | null;
  /** How long names are kept; null: for ever. */
  retentionMs: number | null;
};

const MIB = 1024 * 1024;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Where the text and the pictures go: told on joining, and again when it changes. */
function whereItGoes({ modelHost, vision }: RoomFacts): string {
  if (modelHost === null) return 'The text stays on this machine: the summary is made of sentences of the document.';
  const pictures = {
    yes: 'Pictures go there, too.',
    no: 'Pictures stay on this machine.',
    unknown: 'Pictures go there, too, if it can see them.',
  };
  return `The text goes to the language model at ${modelHost}, nowhere else. ${pictures[vision]}`;
}

function dataLines(facts: RoomFacts): string[] {
  return [whereItGoes(facts), `The file is deleted once it is answered. ${howLong(facts)}`];
}

/** How long what is left of an upload stays in the database. */
function howLong({ resultCacheMs, retentionMs }: RoomFacts): string {
  const text =
    resultCacheMs === null ? '' : `My answer is kept for ${days(resultCacheMs)}, should the same file come again; `;
  const until = retentionMs === null ? 'stay in my database' : `stay in my database for ${days(retentionMs)}`;
  return `${text}${text === '' ? 'Its' : 'its'} name and the ids of my messages ${until}.`;
}

function days(ms: number): string {
  return count(Math.round(ms / DAY_MS), 'day');
}

/** What becomes of pictures and scanned pages; nothing to say where a model may see them and there is no OCR. */
function ocrLines({ ocrLanguages, modelHost, vision }: RoomFacts): string[] {
  if (ocrLanguages.length > 0) {
    const languages = new Intl.ListFormat('en').format(ocrLanguages.map(languageName));
    return [`I recognise the text of pictures and scanned pages on this machine, in ${languages}.`];
  }
  const mayBeSeen = modelHost !== null && vision !== 'no';
  return mayBeSeen ? [] : ['Text recognition is off here: of pictures and scanned pages I can read nothing.'];
}

function languageName(code: string): string {
  try {
    return new Intl.DisplayNames('en', { type: 'language' }).of(code) ?? code;
  } catch (error) {
    // Tesseract has names of its own, such as chi_sim.
    if (error instanceof RangeError) return code;
    throw error;
  }
}

function limits({ maxFileBytes, maxPages }: RoomFacts): string {
  return `Up to ${Math.floor(maxFileBytes / MIB)} MB and ${maxPages} pages a document`;
}

/** The one notice on joining a room. */
export function renderWelcome(facts: RoomFacts, { mode }: RoomPlace): Rendered {
  const quieter = 'Too much? After “!lector mode mention” by an admin of this room I read only what I am asked for.';
  return withLines(`Hello! ${modeInWords(mode)}, and answer in the thread.`, [
    `${limits(facts)}: I sum it up, with the pages to look at.`,
    ...ocrLines(facts),
    ...dataLines(facts),
    ...(mode === 'auto' ? [] : [HOW_TO_ASK]),
    `${mode === 'mention' ? '' : `${quieter} `}To switch me off, remove me from the room. “!lector help” tells more.`,
  ]);
}

/** Told to each room when the text or the pictures go elsewhere than it was told before. */
export function renderModelChange(facts: RoomFacts): Rendered {
  return withLines('From now on what is posted here is read and summed up in another way.', [whereItGoes(facts)]);
}

/** The answer to `!lector help`. */
export function renderHelp(facts: RoomFacts, { mode }: RoomPlace): Rendered {
  return withLines(`${modeInWords(mode)}, and answer in the thread.`, [
    '👀 I have taken it · ✅ it is answered · ❌ it could not be read, and I say why · ➖ there is nothing to read in it.',
    `${limits(facts)}; of longer ones I read the beginning and say so.`,
    ...ocrLines(facts),
    `${HOW_TO_ASK} Redact your upload, and I stop reading it and take back my answer.`,
    'React with 🔁 to an upload of yours that failed, or write “!lector retry”, and I try it again.',
    ...dataLines(facts),
    '“!lector mode” and “!lector profile” show what I read here and which fields I look for, and how to change it.',
    '“!lector status” shows what I am doing, “!lector help” this. After “!lector forget” by an admin nothing of this room is left in my database.',
  ]);
}

export type StatusFacts = {
  atWork: number;
  inLine: number;
  /** Backing off until the model or the homeserver is back. */
  waiting: number;
  answered: number;
  failed: number;
  /** Null: none is set. */
  model: ModelFacts | null;
};

export type ModelFacts = {
  name: string;
  /** Null: it is there, as far as is known. */
  awayForMs: number | null;
  /** Meanwhile uploads are answered without it. */
  isDoneWithout: boolean;
};

/** The answer to `!lector status`. */
export function renderStatusReport(facts: StatusFacts, { mode, profile }: RoomPlace): Rendered {
  return withLines('I am at work.', [
    `${facts.atWork} being read, ${facts.inLine} in line, ${facts.waiting} waiting for something that is away.`,
    `${facts.answered} answered, ${facts.failed} not readable or failed, since my database began.`,
    `Summaries: ${summaries(facts.model)}`,
    `This room: mode ${mode}, profile ${oneLine(profile, 40)}.`,
  ]);
}

function summaries(model: ModelFacts | null): string {
  if (!model) return 'sentences of the document (no language model is set).';
  const { name, awayForMs, isDoneWithout } = model;
  if (awayForMs === null) return `by ${name}.`;
  const meanwhile = isDoneWithout ? 'answers are made of sentences of the document' : 'uploads wait for it';
  return `by ${name}, which has been away for ${lasting(awayForMs)}. Until it is back, ${meanwhile}.`;
}

/** As members would say it: to the minute, or to the hour after two of them. */
function lasting(ms: number): string {
  const minutes = Math.floor(ms / MINUTE_MS);
  if (minutes < 1) return 'less than a minute';
  return minutes < 120 ? count(minutes, 'minute') : count(Math.floor(minutes / 60), 'hour');
}

/** The answer to a command that there is not. */
export function renderUnknownCommand(word: string): Rendered {
  return sentence(`I do not know “${oneLine(word, 40)}”. “!lector help” shows what I can do.`);
}

/** To a member who asks for a file that Lector is done with. */
export function renderAlreadyAnswered(state: 'done' | 'refused' | 'failed'): Rendered {
  if (state === 'done') return sentence('I have answered that file already: see its thread.');
  const next = state === 'failed' ? 'To have it tried again, react to it with 🔁.' : 'What can be done stands there.';
  return sentence(`I could not read that file: see its thread. ${next}`);
}

/** Told once a day to a member who posts more than a minute allows. */
export function renderSlowed(perMinute: number): Rendered {
  return sentence(
    `That is more than ${count(perMinute, 'file')} in a minute: nothing is lost, I read the others one after the other.`,
  );
}

/** The answer to `!lector retry`; `tried`: uploads that are tried again, `left`: those that failed and are too many for now. */
export function renderRetry(tried: number, left: number): Rendered {
  if (tried + left === 0) return sentence('There is nothing here that failed and could be tried again.');
  if (tried === 0) return sentence('That is too much for one minute. Please try again in a moment.');
  const more = left > 0 ? ` ${left} more failed: say it again in a minute.` : '';
  return sentence(`I try ${count(tried, 'upload')} again.${more}`);
}

/** The answer to `!lector forget`. */
export function renderForgotten(): Rendered {
  return sentence(
    'Forgotten: nothing that was posted here is left in my database. My answers stay in this room; redact an old upload, and I no longer take its answer back.',
  );
}

/** Told once a room to a member who may not use the bot. */
export function renderDenied(): Rendered {
  return sentence('I may not read documents for you here: whoever runs this bot has not allowed it.');
}
