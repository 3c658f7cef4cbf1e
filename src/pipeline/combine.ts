// Owns joining the summaries of a document's parts into one, in as many rounds as it takes.
import type { Asker } from './askModel.ts';
import { beginningOf, estimateTokens } from './chunk.ts';
import type { ContextBudget } from './contextBudget.ts';
import type { ModelText } from './modelText.ts';
import { combinePrompt, type DocumentFacts } from './prompt.ts';

/** What the model made of the pages `from` to `to`. */
export type PartSummary = { from: number; to: number; text: ModelText };

export type CombineContext = { reading: DocumentFacts; language: string; asker: Asker; budget: ContextBudget };

/** One summary of all parts; what does not fit into a call together is joined in groups first. Throws as `ask` does. */
export async function combine(parts: readonly PartSummary[], context: CombineContext): Promise<ModelText> {
  const { reading, language, asker, budget } = context;
  let left = parts;
  for (;;) {
    const outputTokens = budget.answerTokens();
    const facts = budget.isRoomy() ? reading : null;
    const room = budget.textTokens(combinePrompt('', facts, language, true), outputTokens);
    const text = renderParts(left, room);
    if (estimateTokens(text) > room) {
      left = await joinGroups(left, context);
      continue;
    }
    const prompt = combinePrompt(text, facts, language, true);
    const asked = await asker.ask(prompt, outputTokens);
    if (asked.ok) return asked.text;
    budget.learn(asked.overflow, prompt);
  }
}

/** Fewer parts than before: neighbours that fit into a call together become one. Stops early when a call does not fit. */
async function joinGroups(parts: readonly PartSummary[], context: CombineContext): Promise<PartSummary[]> {
  const { language, asker, budget } = context;
  const outputTokens = budget.partTokens();
  const room = budget.textTokens(combinePrompt('', null, language, false), outputTokens);
  const joined: PartSummary[] = [];
  for (let start = 0; start < parts.length; ) {
    const group = firstGroup(parts.slice(start), room);
    const [first] = group;
    const last = group.at(-1);
    if (!first || !last) break;
    if (group.length === 1) {
      joined.push(first);
    } else {
      const prompt = combinePrompt(renderParts(group, room), null, language, false);
      const asked = await asker.ask(prompt, outputTokens);
      if (!asked.ok) {
        budget.learn(asked.overflow, prompt);
        return [...joined, ...parts.slice(start)];
      }
      joined.push({ from: first.from, to: last.to, text: asked.text });
    }
    start += group.length;
  }
  return joined;
}

/** As many of the first parts as fit into `room` tokens, at least two. */
function firstGroup(parts: readonly PartSummary[], room: number): readonly PartSummary[] {
  let size = Math.min(2, parts.length);
  while (size < parts.length && estimateTokens(renderParts(parts.slice(0, size + 1), room)) <= room) size++;
  return parts.slice(0, size);
}

/** Each part cut to half of `room` tokens, so that two always fit. */
function renderParts(parts: readonly PartSummary[], room: number): string {
  const maxTokens = Math.floor((room - 1) / 2);
  return parts.map((part) => beginningOf(renderPart(part), maxTokens)).join('\n');
}

function renderPart({ from, to, text }: PartSummary): string {
  const points = text.keyPoints.map((point) => `\n- ${point}`).join('');
  return `[${from === to ? `page ${from}` : `pages ${from}-${to}`}]\n${text.summary}${points}`;
}
