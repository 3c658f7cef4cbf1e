// Owns the area of a page that pictures cover, told from operators that the pictures themselves were left out of.
import { loadPdfjs } from './pdfjs.ts';

/** What pdf.js gives for a page: operators by number, and their arguments. */
export type Operators = { fnArray: number[]; argsArray: unknown[] };

type Matrix = [number, number, number, number, number, number];

const PLAIN: Matrix = [1, 0, 0, 1, 0, 0];

/**
 * For pages of `view` ([left, bottom, right, top]). A picture is painted into the unit square, so that a program puts a matrix
 * before it; where nothing is painted between such a matrix and the end of its group, a picture was (PDF 32000-1, 8.9.3).
 */
export async function createPictureArea(view: readonly number[]): Promise<(list: Operators) => number> {
  const { OPS } = (await loadPdfjs()).display;
  const transparent = new Set<number>([OPS.dependency, OPS.setGState, OPS.beginMarkedContent, OPS.endMarkedContent]);
  transparent.add(OPS.beginMarkedContentProps);
  return ({ fnArray, argsArray }) => {
    const stack: Matrix[] = [];
    let current = PLAIN;
    let awaited: Matrix | null = null;
    let area = 0;
    const settle = (): void => {
      if (awaited) area += shareOf(awaited, view);
      awaited = null;
    };
    for (const [index, operator] of fnArray.entries()) {
      if (transparent.has(operator)) continue;
      if (operator === OPS.save) stack.push(current);
      else if (operator === OPS.transform) awaited = current = times(current, matrixOf(argsArray[index]));
      else if (operator === OPS.restore) {
        settle();
        current = stack.pop() ?? PLAIN;
      } else if (operator === OPS.paintFormXObjectBegin) {
        stack.push(current);
        current = times(current, matrixOf((argsArray[index] as unknown[] | null)?.[0]));
      } else if (operator === OPS.paintFormXObjectEnd) {
        settle();
        current = stack.pop() ?? PLAIN;
      } else awaited = null;
    }
    settle();
    return area;
  };
}

function matrixOf(argument: unknown): Matrix {
  const values = Array.from((argument ?? []) as Iterable<number>);
  return values.length === 6 ? (values as Matrix) : PLAIN;
}

function times(m: Matrix, n: Matrix): Matrix {
  const [a, b, c, d, e, f] = m;
  const [p, q, r, s, t, u] = n;
  return [a * p + c * q, b * p + d * q, a * r + c * s, b * r + d * s, a * t + c * u + e, b * t + d * u + f];
}

/** Share of the view under the bounds of the unit square. */
function shareOf([a, b, c, d, e, f]: Matrix, [left = 0, bottom = 0, right = 0, top = 0]: readonly number[]): number {
  const overlap = (start: number, first: number, second: number, from: number, to: number): number => {
    const low = start + Math.min(0, first) + Math.min(0, second);
    const high = start + Math.max(0, first) + Math.max(0, second);
    return Math.max(0, Math.min(high, to) - Math.max(low, from));
  };
  return (overlap(e, a, c, left, right) * overlap(f, b, d, bottom, top)) / ((right - left) * (top - bottom));
}
