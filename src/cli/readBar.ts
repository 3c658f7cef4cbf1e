// Owns the progress bar of `read`: one line on a terminal, nothing elsewhere.

export type ReadBar = {
  page(file: string, page: number, of: number): void;
  part(file: string, part: number, of: number): void;
  /** One more file is finished. */
  done(): void;
  /** Takes the line away so that something else can be printed. */
  clear(): void;
};

const WIDTH = 24;
const NOTHING: ReadBar = { page() {}, part() {}, done() {}, clear() {} };

/** A bar over `total` files on `stream`, if that is a terminal. */
export function createReadBar(total: number, stream: NodeJS.WriteStream): ReadBar {
  if (!stream.isTTY) return NOTHING;
  let finished = 0;
  const draw = (what: string): void => {
    const filled = Math.round((finished / total) * WIDTH);
    const line = `[${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}] ${finished}/${total} ${what}`;
    stream.write(`\r\u001b[K${line.slice(0, (stream.columns || 80) - 1)}`);
  };
  return {
    page: (file, page, of) => draw(`${file}: page ${page} of ${of}`),
    part: (file, part, of) => draw(`${file}: summarising ${part} of ${of}`),
    done() {
      finished += 1;
      draw('');
    },
    clear: () => void stream.write('\r\u001b[K'),
  };
}
