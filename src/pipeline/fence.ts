// Owns keeping a stranger's text apart from Lector's own words inside a prompt.
import { createHash } from 'node:crypto';

export type Fence = {
  /** The text between two lines that occur nowhere in it, without what a server would read as its own marks. */
  enclose(text: string): string;
};

/**
 * What chat templates mark turns and roles with. Servers read these anywhere in a message as control tokens
 * (https://github.com/ggml-org/llama.cpp/issues/24382), so that a document could speak in Lector's name.
 */
const CONTROL_MARKS = [
  /<(?=[|｜])/g,
  /[|｜](?=>)/g,
  /<(?=\/?(?:s|bos|eos|pad|unk|think|tool_call|tool_response|start_of_turn|end_of_turn)>)/gi,
  /\[(?=\/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS)\])/g,
];

/** A fence for these texts: its mark is made from them, so that it cannot be foreseen by who wrote them, and is in none. */
export function createFence(texts: readonly string[], digest: (text: string) => string = sha256): Fence {
  const all = texts.join('\n');
  let mark = digest(all);
  while (all.includes(mark)) mark = digest(mark);
  return { enclose: (text) => `<<<${mark}\n${disarm(text)}\n${mark}>>>` };
}

/** The text with a space inside each control mark, so that it is read as text. */
export function disarm(text: string): string {
  return CONTROL_MARKS.reduce((disarmed, mark) => disarmed.replace(mark, '$& '), text);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
