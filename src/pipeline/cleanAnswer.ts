// Owns making plain words of what a model wrote: no thoughts, no terminal codes, no tricks of direction, no Markdown.

/** Far beyond any answer that was asked for; what follows is work without use. */
const MAX_CHARS = 50_000;

const ESC = '\u001b';
const BELL = '\u0007';

/** Terminal sequences: CSI (`ESC [ … m`) and OSC (`ESC ] … BEL` or `ESC \`). */
const TERMINAL = new RegExp(`${ESC}\\[[0-?]*[ -/]*[@-~]|${ESC}\\][^${BELL}${ESC}]*(?:${BELL}|${ESC}\\\\)?`, 'g');

/** Control characters but tab and newline, bidi embeddings and isolates, zero-width spaces, and invisible tags. */
const INVISIBLE = /(?![\n\t])[\p{Cc}\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff\u{e0000}-\u{e007f}]/gu;

/** Marks of chat templates that small models let slip: `<|im_end|>`, `</s>`. */
const TEMPLATE_MARKS = /<\|[^|<>\n]{1,40}\|>|<\/?s>|<(?:start|end)_of_turn>/g;

/** The text as plain lines; an empty string when nothing is left. */
export function cleanAnswer(answer: string): string {
  return dropMarkdown(cleanLines(dropThoughts(answer))).trim();
}

/** The text without what is no text: terminal codes, tricks of direction, marks of templates. What looks like Markdown stays. */
export function cleanLines(text: string): string {
  return text
    .slice(0, MAX_CHARS)
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(TERMINAL, '')
    .replace(INVISIBLE, '')
    .replace(TEMPLATE_MARKS, '')
    .replace(/[\u2028\u2029]/g, '\n');
}

/** Without `<think>…</think>`; some templates swallow the opening tag, and a cut answer lacks the closing one. */
export function dropThoughts(text: string): string {
  const end = Math.max(text.lastIndexOf('</think>'), text.lastIndexOf('</thinking>'));
  const rest = end < 0 ? text : text.slice(text.indexOf('>', end) + 1);
  const unclosed = rest.search(/<think(?:ing)?>/);
  return unclosed < 0 ? rest : rest.slice(0, unclosed);
}

function dropMarkdown(text: string): string {
  return text
    .split('\n')
    .filter((line) => !isRule(line.trim()))
    .map((line) =>
      line
        .replace(/^\s*>+\s?/, '')
        .replace(/^\s*#{1,6}\s+/, '')
        // The bounds keep a line of thousands of brackets from taking seconds.
        .replace(/!?\[([^[\]\n]{0,300})\]\((?:https?:|mailto:|#)[^)\s]{0,2000}\)/gi, '$1')
        .replace(/\*\*|__|`/g, '')
        .replace(/(?<![\w*])\*(?=\S)([^*\n]*\S)\*(?![\w*])/g, '$1')
        .trimEnd(),
    )
    .join('\n');
}

/** Code fences, horizontal rules, and the line under a table's head. */
function isRule(line: string): boolean {
  if (line.startsWith('```') || line.startsWith('~~~')) return true;
  return /^(?:[-|: ]+|\*+|_+)$/.test(line) && /---|\*\*\*|___/.test(line);
}
