// Owns reading JSON as models write it: among other words, with line breaks inside strings, cut off at the output limit.

export type ReadJson = { value: unknown; isCut: boolean };

/**
 * The first object of a text. Of one that is cut off, the members that are whole, and the beginning of the last one when it is
 * a string; half a list or a number is worse than none. Null when there is no object.
 */
export function readJson(text: string): ReadJson | null {
  const start = text.indexOf('{');
  if (start < 0) return null;
  const from = text.slice(start);
  for (const whole of [from.slice(0, from.lastIndexOf('}') + 1), escapeControls(from)]) {
    const parsed = parse(whole);
    if (parsed !== undefined) return { value: parsed, isCut: false };
  }
  const rest = parse(closed(escapeControls(from)));
  return rest === undefined ? null : { value: rest, isCut: true };
}

function parse(text: string | null): unknown {
  if (text === null) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Strings with their line breaks and tabs written as JSON wants them, and nothing after the object. */
function escapeControls(text: string): string {
  const escaped = text.replace(/"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?$)/gs, (string) =>
    // biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them in strings, and models write them
    string.replace(/[\u0000-\u001f]/g, (control) => JSON.stringify(control).slice(1, -1)),
  );
  const end = scan(escaped).end;
  return end === null ? escaped : escaped.slice(0, end);
}

/** The object with an end; null when not one member is worth keeping. */
function closed(text: string): string | null {
  const { end, depth, inString, lastComma } = scan(text);
  if (end !== null) return null;
  if (depth === 1 && inString) {
    const string = `${withoutHalfEscape(text)}"}`;
    // A name without a value is of no use.
    if (parse(string) !== undefined) return string;
  }
  return lastComma === null ? null : `${text.slice(0, lastComma)}}`;
}

type Scan = { end: number | null; depth: number; inString: boolean; lastComma: number | null };

/** Where the object ends, or how it stands at the end of the text; `lastComma`: between members of the object itself. */
function scan(text: string): Scan {
  let depth = 0;
  let inString = false;
  let lastComma: number | null = null;
  for (let index = 0; index < text.length; index++) {
    const char = text[index];
    if (inString) {
      if (char === '\\') index++;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === '{' || char === '[') depth++;
    else if (char === '}' || char === ']') {
      depth--;
      if (depth === 0) return { end: index + 1, depth, inString, lastComma };
    } else if (char === ',' && depth === 1) lastComma = index;
  }
  return { end: null, depth, inString, lastComma };
}

function withoutHalfEscape(text: string): string {
  const tail = /(\\+)(u[0-9a-fA-F]{0,3})?$/.exec(text);
  const isHalf = tail !== null && (tail[1] as string).length % 2 === 1;
  return isHalf ? text.slice(0, text.length - 1 - (tail[2]?.length ?? 0)) : text;
}
