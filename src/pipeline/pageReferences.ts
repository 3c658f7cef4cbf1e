// Owns the page references of a model's answer: those to pages that the document does not have are taken out.

const REFERENCE = /\s*\((?:pp?\.|pages?)\s*(\d+)(?:\s*[-–,]\s*(\d+))*\)/gi;

/** The text without references to pages beyond `pageCount`; models make them up. */
export function withoutWrongPages(text: string, pageCount: number): string {
  return text.replace(REFERENCE, (reference) => {
    const pages = [...reference.matchAll(/\d+/g)].map(([digits]) => Number(digits));
    return pages.every((page) => page >= 1 && page <= pageCount) ? reference : '';
  });
}
