// Owns the two forms of a notice: one sentence, and a title with lines.
import type { Rendered } from './content.ts';
import { escapeHtml } from './html.ts';

export function sentence(text: string): Rendered {
  return { body: text, html: `<p>${escapeHtml(text)}</p>` };
}

/** A title with one line for each entry. */
export function withLines(title: string, lines: readonly string[]): Rendered {
  const items = lines.map((line) => `<li>${escapeHtml(line)}</li>`).join('');
  return {
    body: [title, ...lines.map((line) => `• ${line}`)].join('\n'),
    html: `<p>${escapeHtml(title)}</p><ul>${items}</ul>`,
  };
}
