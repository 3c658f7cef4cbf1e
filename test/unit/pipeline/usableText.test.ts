// Which text layers say what stands on their page.
import { describe, expect, test } from 'vitest';
import type { Run } from '../../../src/pipeline/joinRuns.ts';
import { isDamagedText, mayBeStamp } from '../../../src/pipeline/usableText.ts';

const A4 = [0, 0, 595, 842];
const LONG_STAMP = 'QuickScan Pro 7, invoice-2024-03.pdf, 1 March 2024 12:33, page 1 of 12, archive box 1138, shelf 12';

function runAt(x: number, y: number, str = 'words'): Run {
  return { str, dir: 'ltr', transform: [8, 0, 0, 8, x, y], width: 60, height: 8, hasEOL: true };
}

describe('characters that mean nothing', () => {
  test('are a damaged text when they are most of it', () => {
    expect(isDamagedText('\ufffd\ufffd\ufffd \ufffd\ufffd a')).toBe(true);
    expect(isDamagedText('\ue001\ue014 \ue020\ue0ff')).toBe(true);
  });

  test('are none when they are the bullets of a list', () => {
    expect(isDamagedText('\uf0b7 Bring the contract\n\uf0b7 Bring a pen')).toBe(false);
    expect(isDamagedText('Ordinary words')).toBe(false);
    expect(isDamagedText('')).toBe(false);
  });
});

describe('a stamp on a scan may be', () => {
  test('a page number or a few words anywhere', () => {
    expect(mayBeStamp('17', [runAt(300, 400)], A4)).toBe(true);
    expect(mayBeStamp('Scanned by CamScanner', [runAt(300, 400)], A4)).toBe(true);
  });

  test('a longer line in the margin, at whichever side', () => {
    for (const [x, y] of [
      [64, 20],
      [64, 825],
      [10, 400],
      [560, 400],
    ] as const) {
      expect(mayBeStamp(LONG_STAMP, [{ ...runAt(x, y), width: 30 }], A4)).toBe(true);
    }
  });
});

describe('no stamp is', () => {
  test('a line of that length in the middle of the page', () => {
    expect(mayBeStamp(LONG_STAMP, [runAt(64, 20), runAt(64, 500)], A4)).toBe(false);
  });

  test('as much text as a page has, wherever it stands', () => {
    expect(mayBeStamp(LONG_STAMP.repeat(4), [runAt(64, 20)], A4)).toBe(false);
  });
});
