// What a room is told: what Lector reads, where the text goes, how to be rid of it, and what it is doing.
import { describe, expect, test } from 'vitest';
import type { RoomMode } from '../../../src/domain/room.ts';
import {
  type RoomFacts,
  renderDenied,
  renderHelp,
  renderStatusReport,
  renderUnknownCommand,
  renderWelcome,
  type StatusFacts,
} from '../../../src/pipeline/renderRoom.ts';
import type { RoomPlace } from '../../../src/pipeline/renderSettings.ts';

const facts: RoomFacts = {
  modelHost: null,
  vision: 'no',
  ocrLanguages: ['eng', 'deu'],
  maxPages: 500,
  maxFileBytes: 50 * 1024 * 1024,
  resultCacheMs: 7 * 86_400_000,
  retentionMs: 90 * 86_400_000,
};
const place: RoomPlace = { mode: 'auto', profile: 'default' };
const both = [renderWelcome, renderHelp];

describe('the welcome and the help', () => {
  test.each(both)('%o say that the text stays here when there is no model', (render) => {
    expect(render(facts, place).body).toContain('The text stays on this machine');
  });

  test.each<[RoomFacts['vision'], string]>([
    ['yes', 'Pictures go there, too.'],
    ['no', 'Pictures stay on this machine.'],
    ['unknown', 'Pictures go there, too, if it can see them.'],
  ])('name the host that the text goes to, and whether pictures go there (%s)', (vision, pictures) => {
    for (const render of both) {
      const { body } = render({ ...facts, modelHost: 'gpu.example.org:8080', vision }, place);
      expect(body).toContain(`The text goes to the language model at gpu.example.org:8080, nowhere else. ${pictures}`);
      expect(body).not.toContain('text stays on this machine');
    }
  });

  test.each(both)('%o tell the limits in force and what is kept', (render) => {
    const { body } = render({ ...facts, maxPages: 12, maxFileBytes: 7 * 1024 * 1024 }, place);
    expect(body).toMatch(/7 MB.*12 pages/);
    expect(body).toContain('The file is deleted once it is answered.');
  });

  test.each<[string[], string]>([
    [['eng'], 'in English.'],
    [['eng', 'deu'], 'in English and German.'],
    [['eng', 'fra', 'chi_sim'], 'in English, French, and chi_sim.'],
  ])('name the languages of pictures and scans (%o)', (ocrLanguages, languages) => {
    for (const render of both) {
      const { body } = render({ ...facts, ocrLanguages }, place);
      expect(body).toContain(`the text of pictures and scanned pages on this machine, ${languages}`);
    }
  });

  test('say that pictures cannot be read where nothing could read them, and only there', () => {
    const off = { ...facts, ocrLanguages: [] };
    const nothing = 'of pictures and scanned pages I can read nothing';
    expect(renderWelcome(off, place).body).toContain(nothing);
    expect(renderWelcome({ ...off, modelHost: 'gpu', vision: 'no' }, place).body).toContain(nothing);
    expect(renderWelcome({ ...off, modelHost: 'gpu', vision: 'yes' }, place).body).not.toContain('scanned pages');
  });

  test.each<[RoomMode, string]>([
    ['auto', 'I read every PDF and picture that is posted here, and answer in the thread.'],
    ['documents', 'I read every PDF that is posted here, and pictures when I am asked, and answer in the thread.'],
    ['mention', 'I read PDFs and pictures that are posted here when I am asked, and answer in the thread.'],
  ])('say first what is read in mode %s', (mode, first) => {
    expect(renderHelp(facts, { ...place, mode }).body.split('\n')[0]).toBe(first);
    expect(renderWelcome(facts, { ...place, mode }).body.split('\n')[0]).toBe(`Hello! ${first}`);
  });

  test('the welcome says how to have less of it and how to switch it off, in at most seven lines', () => {
    const { body } = renderWelcome(facts, place);
    expect(body).toContain('“!lector mode mention” by an admin of this room');
    expect(body).toContain('To switch me off, remove me from the room.');
    const quiet = renderWelcome(facts, { ...place, mode: 'mention' }).body;
    expect(quiet).not.toContain('!lector mode');
    expect(quiet).toContain('To ask me, mention me in the caption, or in a reply to the file.');
    expect(quiet).toContain('To switch me off, remove me from the room.');
    for (const text of [body, quiet]) expect(text.split('\n').length).toBeLessThanOrEqual(7);
  });

  test('the help explains the marks, asking, redacting and the commands', () => {
    const { body } = renderHelp(facts, place);
    const commands = ['!lector mode', '!lector profile', '!lector status', '!lector help'];
    for (const word of ['👀', '✅', '❌', 'To ask me, mention me', 'Redact your upload', ...commands]) {
      expect(body).toContain(word);
    }
  });

  test('say in HTML what they say in text', () => {
    const { body, html } = renderWelcome({ ...facts, modelHost: '<evil>' }, place);
    expect(html).toContain('&#60;evil&#62;');
    expect(html.match(/<li>/g)).toHaveLength(body.match(/^• /gm)?.length ?? 0);
  });
});

describe('the status report', () => {
  const figures = { atWork: 1, inLine: 2, waiting: 3, answered: 4, failed: 5 };
  const qwen = { name: 'qwen', awayForMs: null, isDoneWithout: true };
  const summaries = (model: StatusFacts['model']) =>
    renderStatusReport({ ...figures, model }, place).body.split('\n')[3];

  test('tells figures and the model', () => {
    const { body } = renderStatusReport({ ...figures, model: qwen }, place);
    expect(body).toBe(
      'I am at work.\n• 1 being read, 2 in line, 3 waiting for something that is away.\n' +
        '• 4 answered, 5 not readable or failed, since my database began.\n• Summaries: by qwen.\n• This room: mode auto, profile default.',
    );
  });

  test('says that there is no model', () => {
    expect(summaries(null)).toBe('• Summaries: sentences of the document (no language model is set).');
  });

  test.each([
    [59_999, 'less than a minute'],
    [60_000, '1 minute'],
    [119 * 60_000, '119 minutes'],
    [150 * 60_000, '2 hours'],
  ])('says how long the model has been away (%i ms), and what becomes of uploads meanwhile', (awayForMs, lasting) => {
    const away = `• Summaries: by qwen, which has been away for ${lasting}. Until it is back, `;
    expect(summaries({ ...qwen, awayForMs })).toBe(`${away}answers are made of sentences of the document.`);
    expect(summaries({ ...qwen, awayForMs, isDoneWithout: false })).toBe(`${away}uploads wait for it.`);
  });
});

test('a word that is no command is repeated short and harmless', () => {
  const { body, html } = renderUnknownCommand(`<b>${'x'.repeat(100)}`);
  expect(body).toBe(`I do not know “<b>${'x'.repeat(36)}…”. “!lector help” shows what I can do.`);
  expect(html).not.toContain('<b>');
});

test('who may not use it is told who decides that', () => {
  expect(renderDenied().body).toBe('I may not read documents for you here: whoever runs this bot has not allowed it.');
});
