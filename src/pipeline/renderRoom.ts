// Owns the notices to a room as a whole: welcome, help, status, and who may not use it.
import type { Rendered } from './content.ts';
import { escapeHtml, oneLine } from './html.ts';

export type RoomFacts = {
  /** Host that the text goes to; null: it stays here. */
  modelHost: string | null;
  maxPages: number;
  maxFileBytes: number;
};

const MIB = 1024 * 1024;

function fromLines(title: string, lines: string[]): Rendered {
  const items = lines.map((line) => `<li>${escapeHtml(line)}</li>`).join('');
  return {
    body: [title, ...lines.map((line) => `• ${line}`)].join('\n'),
    html: `<p>${escapeHtml(title)}</p><ul>${items}</ul>`,
  };
}

function dataLines({ modelHost }: RoomFacts): string[] {
  return [
    modelHost === null
      ? 'The text stays on this machine: the summary is made of sentences of the document.'
      : `The text goes to the language model at ${modelHost}, nowhere else.`,
    'The file is deleted once it is answered. Its name and the ids of my messages stay in my database.',
  ];
}

/** The one notice on joining a room. */
export function renderWelcome(facts: RoomFacts): Rendered {
  return fromLines('Hello! I read the PDFs that are posted here and answer in their thread.', [
    `Post a PDF (up to ${Math.floor(facts.maxFileBytes / MIB)} MB, ${facts.maxPages} pages) and I sum it up, with the pages to look at.`,
    ...dataLines(facts),
    'To switch me off, remove me from the room. “!lector help” tells more.',
  ]);
}

/** Told to each room when the text goes elsewhere than it was told before. */
export function renderModelChange(facts: RoomFacts): Rendered {
  return fromLines('From now on the documents posted here are summed up in another way.', dataLines(facts).slice(0, 1));
}

/** The answer to `!lector help`. */
export function renderHelp(facts: RoomFacts): Rendered {
  return fromLines('I read PDFs posted in this room and answer in their thread.', [
    '👀 I have taken it · ✅ it is answered · ❌ it could not be read, and I say why.',
    `Up to ${Math.floor(facts.maxFileBytes / MIB)} MB and ${facts.maxPages} pages a document; of longer ones I read the beginning and say so.`,
    'Redact your upload, and I stop reading it and take back my answer.',
    ...dataLines(facts),
    '“!lector status” shows what I am doing, “!lector help” this.',
  ]);
}

export type StatusFacts = {
  atWork: number;
  inLine: number;
  /** Backing off until the model or the homeserver is back. */
  waiting: number;
  answered: number;
  failed: number;
  /** Names the model, or says that there is none. */
  model: string;
};

/** The answer to `!lector status`. */
export function renderStatusReport(facts: StatusFacts): Rendered {
  return fromLines('I am at work.', [
    `${facts.atWork} being read, ${facts.inLine} in line, ${facts.waiting} waiting for something that is away.`,
    `${facts.answered} answered, ${facts.failed} not readable or failed, since my database began.`,
    `Summaries: ${facts.model}.`,
  ]);
}

/** The answer to a command that there is not. */
export function renderUnknownCommand(word: string): Rendered {
  const text = `I do not know “${oneLine(word, 40)}”. “!lector help” shows what I can do.`;
  return { body: text, html: `<p>${escapeHtml(text)}</p>` };
}

/** Told once a room to a member who may not use the bot. */
export function renderDenied(): Rendered {
  const text = 'I may not read documents for you here: whoever runs this bot has not allowed it.';
  return { body: text, html: `<p>${escapeHtml(text)}</p>` };
}
