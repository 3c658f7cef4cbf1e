// Owns the title of a document: its metadata if they hold a real one, else the largest line of its first page.
import type { Run } from './joinRuns.ts';
import { plainText } from './plainText.ts';

/** What programs write into the title when nobody gave one: a file name, a program's name, "untitled". */
const NO_TITLE =
  /^(untitled|unbenannt|sans titre|sin título|document|dokument|slide|folie|layout|presentation|präsentation|book|scan|title)[\s_-]*\d*$|\.(docx?|odt|rtf|pptx?|xlsx?|indd|qxd|dvi|tex|pdf|ps|eps|fm|pages|txt|wpd|pub)$|^[\w-]*\d[\w-]*$/i;

const PROGRAM_PREFIX = /^(Microsoft (Word|PowerPoint|Excel)|Slide) - /;

/** A heading is larger than the text by so much. */
const LARGER = 1.15;

const MAX_CHARS = 160;

/** Points by which the runs of one line may differ. */
const SAME_SIZE = 0.5;

/** The title, or null when nothing looks like one. */
export function chooseTitle(metadataTitle: string | null, firstRuns: readonly Run[]): string | null {
  const stripped = metadataTitle?.replace(PROGRAM_PREFIX, '').trim() ?? '';
  if (stripped !== '' && !NO_TITLE.test(stripped)) return stripped;
  return largestLine(firstRuns);
}

function largestLine(runs: readonly Run[]): string | null {
  const written = runs.filter((run) => run.str.trim() !== '' && run.height > 0);
  const largest = written.reduce((max, run) => Math.max(max, run.height), 0);
  const others = written.filter((run) => run.height < largest - SAME_SIZE);
  if (others.length === 0 || largest < typicalHeight(others) * LARGER) return null;
  const start = runs.findIndex((run) => run.height === largest && run.str.trim() !== '');
  let text = '';
  for (const run of runs.slice(start)) {
    const isSpace = run.str.trim() === '';
    if (!isSpace && Math.abs(run.height - largest) > SAME_SIZE) break;
    text += run.str + (run.hasEOL ? ' ' : '');
  }
  const title = plainText(text).replaceAll(/\s+/g, ' ').trim();
  return title.length <= MAX_CHARS && /\p{L}{2}/u.test(title) ? title : null;
}

/** Height of the middle character: half the text is no taller. */
function typicalHeight(runs: readonly Run[]): number {
  const sorted = [...runs].sort((a, b) => a.height - b.height);
  const half = sorted.reduce((sum, run) => sum + run.str.length, 0) / 2;
  let seen = 0;
  for (const run of sorted) {
    seen += run.str.length;
    if (seen >= half) return run.height;
  }
  return 0;
}
