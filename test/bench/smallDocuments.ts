// Owns the small documents that the benches post: one page of ordinary sentences, each document its own.
import { writePdf } from '../fixtures/pdfWriter.ts';
import type { Document } from './benchRoom.ts';

const LINES = 24;

/** A page of about 1,700 characters; no two numbers give the same text. */
export function smallDocument(number: number): Document {
  const lines = Array.from(
    { length: LINES },
    (_, line) => `In week ${line + 1} the harbour board opened berth ${number * 100 + line} for the winter ferries.`,
  );
  const bytes = writePdf({
    title: `Harbour report ${number}`,
    pages: [{ lines: [`Harbour report ${number}`, ...lines] }],
  });
  return { name: `report-${number}.pdf`, bytes };
}
