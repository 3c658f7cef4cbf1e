// Owns the text that stands on a page without being in its content: form values, comments, stamps.
import type { PDFDocumentProxy } from 'pdfjs-dist';
import type { PlacedValue } from '../src/pipeline/joinRuns.ts';

/** All kinds that carry text (pdf.js's AnnotationType), but not links: those are many, and have none. */
const TYPES_WITH_TEXT = new Set([1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 20]);

const TICKED = '☒';

/** pdf.js goes through all pages to leave out all but one; a file of 2 kB can say that it has a billion. */
const MAX_PAGES_TO_LEAVE_OUT = 5_000;

/** The part of pdf.js's annotation data that we use. */
type Annotation = {
  annotationType?: number;
  subtype?: string;
  rect?: number[];
  hidden?: boolean;
  contentsObj?: { str?: string };
  fieldValue?: unknown;
  password?: boolean;
  checkBox?: boolean;
  radioButton?: boolean;
  exportValue?: string;
  buttonValue?: string;
  options?: { exportValue: string; displayValue: string }[];
};

export type PageAnnotations = { values: PlacedValue[]; comments: string[] };

export type AnnotationReader = (document: PDFDocumentProxy, pageIndex: number) => Promise<PageAnnotations>;

/** Reads the annotations of single pages of a document of so many pages. */
export function createAnnotationReader(pageCount: number): AnnotationReader {
  const ofPage = pageCount > MAX_PAGES_TO_LEAVE_OUT ? ofPageAlone : leavingOut(pageCount);
  return async (document, pageIndex) => {
    try {
      const found = await ofPage(document, pageIndex);
      const visible = found.filter((annotation) => !annotation.hidden);
      return { values: visible.flatMap(placedValue), comments: visible.flatMap(comment) };
    } catch {
      // Broken annotations do not cost the page its text.
      return { values: [], comments: [] };
    }
  };
}

type OfPage = (document: PDFDocumentProxy, pageIndex: number) => Promise<Annotation[]>;

/**
 * `page.getAnnotations` also reads the page's text a second time for highlights: a quarter more time. The document's call does not;
 * it takes the pages that it shall leave out.
 */
function leavingOut(pageCount: number): OfPage {
  const others = new Set(Array.from({ length: Math.max(0, pageCount) }, (_, index) => index));
  return async (document, pageIndex) => {
    others.delete(pageIndex);
    try {
      return (await document.getAnnotationsByType(TYPES_WITH_TEXT, others)) ?? [];
    } finally {
      others.add(pageIndex);
    }
  };
}

const ofPageAlone: OfPage = async (document, pageIndex) => {
  const found: Annotation[] = await (await document.getPage(pageIndex + 1)).getAnnotations();
  return found.filter(({ annotationType }) => TYPES_WITH_TEXT.has(annotationType ?? 0));
};

function comment(annotation: Annotation): string[] {
  const text = annotation.subtype === 'Widget' ? '' : (annotation.contentsObj?.str ?? '').trim();
  return text === '' ? [] : [text.replaceAll(/\r\n?/g, '\n')];
}

function placedValue(annotation: Annotation): PlacedValue[] {
  if (annotation.subtype !== 'Widget' || annotation.password) return [];
  const rect = annotation.rect ?? [0, 0, 0, 0];
  const isMark = Boolean(annotation.checkBox || annotation.radioButton);
  const text = isMark ? mark(annotation) : shownValue(annotation);
  return text === '' ? [] : [{ text, rect, isMark }];
}

function mark({ fieldValue, exportValue, buttonValue }: Annotation): string {
  const isOn = typeof fieldValue === 'string' && fieldValue !== 'Off' && fieldValue !== '';
  return isOn && fieldValue === (exportValue ?? buttonValue ?? fieldValue) ? TICKED : '';
}

function shownValue({ fieldValue, options = [] }: Annotation): string {
  const values = (Array.isArray(fieldValue) ? fieldValue : [fieldValue]).filter((value) => typeof value === 'string');
  const shown = values.map((value) => options.find((option) => option.exportValue === value)?.displayValue ?? value);
  return shown.join(', ').replaceAll(/\r\n?/g, '\n').trim();
}
