// Owns the words of the status notice while a member waits.
import type { Rendered } from './content.ts';
import { count, escapeHtml, shortTitle } from './html.ts';

export type Stage =
  | { kind: 'in_line'; ahead: number }
  | { kind: 'reading'; page: number; of: number }
  | { kind: 'scanning'; page: number; of: number }
  | { kind: 'summarising'; part: number; of: number }
  | { kind: 'model_away' };

/** The status notice while a member waits; its body begins with ⏳. */
export function renderStatus(fileName: string, stage: Stage): Rendered {
  const text = `⏳ ${shortTitle(fileName)}: ${stageText(stage)}`;
  return { body: text, html: `<p>${escapeHtml(text)}</p>` };
}

function stageText(stage: Stage): string {
  switch (stage.kind) {
    case 'in_line':
      return stage.ahead === 0 ? 'next in line' : `${count(stage.ahead, 'document')} before it in line`;
    case 'reading':
      return stage.of > 0 ? `reading page ${stage.page} of ${stage.of}` : 'reading';
    case 'scanning':
      return stage.of > 1 ? `reading the picture on page ${stage.page} of ${stage.of}` : 'reading the picture';
    case 'summarising':
      return stage.of > 1 ? `summarising part ${stage.part} of ${stage.of}` : 'summarising';
    case 'model_away':
      return 'it is read; the language model is away just now, the summary follows when it is back';
  }
}
