// Owns what a document says of itself: title, author, outline.
import type { PDFDocumentProxy } from 'pdfjs-dist';
import type { OutlineEntry } from '../src/domain/reading.ts';

const MAX_OUTLINE_ENTRIES = 200;

export type About = { title: string | null; author: string | null; outline: OutlineEntry[] };

/** Whatever is missing or broken here is left out: it never costs the text. */
export async function readAbout(document: PDFDocumentProxy): Promise<About> {
  const info = await metadata(document);
  const outline = await readOutline(document).catch((): OutlineEntry[] => []);
  return { title: info.title, author: info.author, outline };
}

async function metadata(document: PDFDocumentProxy): Promise<{ title: string | null; author: string | null }> {
  try {
    const { info, metadata: xmp } = await document.getMetadata();
    const entries = info as { Title?: unknown; Author?: unknown };
    return {
      title: cleaned(entries.Title) ?? cleaned(xmp?.get('dc:title')),
      author: cleaned(entries.Author) ?? cleaned(xmp?.get('dc:creator')),
    };
  } catch {
    return { title: null, author: null };
  }
}

function cleaned(value: unknown): string | null {
  const text = Array.isArray(value) ? value.join(', ') : value;
  if (typeof text !== 'string') return null;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: titles in the wild carry them
  const plain = text.replaceAll(/[\u0000-\u001f\u007f\s]+/g, ' ').trim();
  return plain === '' ? null : plain.slice(0, 300);
}

type OutlineNode = { title: string; dest: string | unknown[] | null; items: OutlineNode[] };

async function readOutline(document: PDFDocumentProxy): Promise<OutlineEntry[]> {
  const roots = ((await document.getOutline()) ?? []) as OutlineNode[];
  const entries: OutlineEntry[] = [];
  const waiting = roots.map((node) => ({ node, level: 1 })).reverse();
  while (entries.length < MAX_OUTLINE_ENTRIES) {
    const next = waiting.pop();
    if (!next) break;
    const title = cleaned(next.node.title);
    if (title) entries.push({ title, level: next.level, page: await pageOf(document, next.node.dest) });
    for (const node of [...next.node.items].reverse()) waiting.push({ node, level: next.level + 1 });
  }
  return entries;
}

async function pageOf(document: PDFDocumentProxy, dest: OutlineNode['dest']): Promise<number | null> {
  try {
    const explicit = typeof dest === 'string' ? await document.getDestination(dest) : dest;
    const target: unknown = explicit?.[0];
    if (typeof target === 'number') return target + 1;
    if (typeof target !== 'object' || target === null) return null;
    return (await document.getPageIndex(target as { num: number; gen: number })) + 1;
  } catch {
    return null;
  }
}
