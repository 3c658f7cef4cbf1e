// What a room is told: what Lector reads, where the text goes, how to be rid of it, and what it is doing.
import { describe, expect, test } from 'vitest';
import {
  renderDenied,
  renderHelp,
  renderStatusReport,
  renderUnknownCommand,
  renderWelcome,
} from '../../../src/pipeline/renderRoom.ts';

const facts = { modelHost: null, maxPages: 500, maxFileBytes: 50 * 1024 * 1024 };

describe('the welcome and the help', () => {
  test.each([renderWelcome, renderHelp])('%o say that the text stays here when there is no model', (render) => {
    expect(render(facts).body).toContain('The text stays on this machine');
  });

  test.each([renderWelcome, renderHelp])('%o name the host that the text goes to', (render) => {
    const { body } = render({ ...facts, modelHost: 'gpu.example.org:8080' });
    expect(body).toContain('The text goes to the language model at gpu.example.org:8080, nowhere else.');
    expect(body).not.toContain('stays on this machine');
  });

  test.each([renderWelcome, renderHelp])('%o tell the limits in force and what is kept', (render) => {
    const { body } = render({ ...facts, maxPages: 12, maxFileBytes: 7 * 1024 * 1024 });
    expect(body).toMatch(/7 MB.*12 pages/);
    expect(body).toContain('The file is deleted once it is answered.');
  });

  test('the welcome says how to switch it off', () => {
    expect(renderWelcome(facts).body).toContain('To switch me off, remove me from the room.');
  });

  test('the help explains the marks, redacting and the commands', () => {
    const { body } = renderHelp(facts);
    for (const word of ['👀', '✅', '❌', 'Redact your upload', '!lector status', '!lector help']) {
      expect(body).toContain(word);
    }
  });

  test('say in HTML what they say in text', () => {
    const { body, html } = renderWelcome({ ...facts, modelHost: '<evil>' });
    expect(html).toContain('&#60;evil&#62;');
    expect(html.match(/<li>/g)).toHaveLength(body.match(/^• /gm)?.length ?? 0);
  });
});

test('the status report tells figures and the model', () => {
  const { body } = renderStatusReport({ atWork: 1, inLine: 2, waiting: 3, answered: 4, failed: 5, model: 'by qwen' });
  expect(body).toBe(
    'I am at work.\n• 1 being read, 2 in line, 3 waiting for something that is away.\n' +
      '• 4 answered, 5 not readable or failed, since my database began.\n• Summaries: by qwen.',
  );
});

test('a word that is no command is repeated short and harmless', () => {
  const { body, html } = renderUnknownCommand(`<b>${'x'.repeat(100)}`);
  expect(body).toBe(`I do not know “<b>${'x'.repeat(36)}…”. “!lector help” shows what I can do.`);
  expect(html).not.toContain('<b>');
});

test('who may not use it is told who decides that', () => {
  expect(renderDenied().body).toBe('I may not read documents for you here: whoever runs this bot has not allowed it.');
});
