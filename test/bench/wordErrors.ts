// Owns the measure of what OCR got wrong: words that must be changed, added or taken away, as a share of the words there are.

/** 0: every word right and in its place; over 1 when more was read than was there. Words are what white space parts. */
export function wordErrorRate(text: string, reference: string): number {
  const [found, wanted] = [text, reference].map((one) => one.split(/\s+/).filter((word) => word !== '')) as [
    string[],
    string[],
  ];
  // Levenshtein's distance, row by row.
  let row = Array.from({ length: wanted.length + 1 }, (_, index) => index);
  for (const [index, word] of found.entries()) {
    const next = [index + 1];
    for (const [at, other] of wanted.entries()) {
      const changed = (row[at] as number) + (word === other ? 0 : 1);
      next.push(Math.min(changed, (row[at + 1] as number) + 1, (next[at] as number) + 1));
    }
    row = next;
  }
  return (row.at(-1) ?? 0) / Math.max(1, wanted.length);
}
