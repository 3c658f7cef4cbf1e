// Owns the measure of how alike two texts are: F1 over their bags of white-space separated tokens.

/** 1: the same tokens as often each, in any order; 0: none in common. */
export function tokenF1(text: string, reference: string): number {
  const [found, wanted] = [bagOf(text), bagOf(reference)];
  let common = 0;
  for (const [token, count] of wanted) common += Math.min(count, found.get(token) ?? 0);
  const all = sizeOf(found) + sizeOf(wanted);
  return all === 0 ? 1 : (2 * common) / all;
}

function bagOf(text: string): Map<string, number> {
  const bag = new Map<string, number>();
  for (const token of text.split(/\s+/)) if (token !== '') bag.set(token, (bag.get(token) ?? 0) + 1);
  return bag;
}

function sizeOf(bag: Map<string, number>): number {
  return Array.from(bag.values()).reduce((sum, count) => sum + count, 0);
}
