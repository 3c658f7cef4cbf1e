// Owns the figures of the benches: what was measured, the bar it is held to, and the table that shows both as a ratio.

export type Figure = {
  name: string;
  unit: 'ms' | 'MB' | 'answers' | 'calls' | '%';
  measured: number;
  /** Null: nothing is promised, it is shown to explain the others. */
  bar: number | null;
  /** Whether the measured value may not be over the bar (default) or not under it. */
  rule?: 'at most' | 'at least';
};

/** Whether the figure keeps its bar; one without a bar always does. */
export function isMet({ measured, bar, rule = 'at most' }: Figure): boolean {
  if (bar === null) return true;
  return rule === 'at most' ? measured <= bar : measured >= bar;
}

/** One line a figure: name, measured, bar, measured ÷ bar, and whether it is met. */
export function toTable(figures: Figure[]): string {
  const rows = [['figure', 'measured', 'bar', 'ratio', ''], ...figures.map(toRow)];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const isText = (column: number) => column === 0 || column === widths.length - 1;
  return rows
    .map((row) => row.map((cell, at) => (isText(at) ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))))
    .map((cells) => cells.join('  ').trimEnd())
    .join('\n');
}

function toRow(figure: Figure): string[] {
  const { name, unit, measured, bar, rule = 'at most' } = figure;
  if (bar === null) return [name, `${rounded(measured)} ${unit}`, '', '', ''];
  const sign = rule === 'at most' ? '≤' : '≥';
  const verdict = isMet(figure) ? 'met' : 'MISSED';
  return [
    name,
    `${rounded(measured)} ${unit}`,
    `${sign} ${bar} ${unit}`,
    bar === 0 ? '' : (measured / bar).toFixed(2),
    verdict,
  ];
}

function rounded(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(1);
}

/** The value that the share `share` (0 to 1) of the values does not exceed; 0 when there are none. */
export function percentile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}
