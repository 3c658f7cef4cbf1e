// Owns what is asked of a reading thread when pages of a reading have been scanned.
import type { PageScan, Reading } from './reading.ts';

/** The scans are of the reading's own pages, one each at most. */
export type ComposeRequest = { reading: Reading; scans: PageScan[]; maxSummaryChars: number };
