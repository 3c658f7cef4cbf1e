// Owns what can be told and done about PDFs whose tail is missing or wrong: pdf.js rebuilds the table but wants a trailer.

const TAIL_BYTES = 2048;

/** Whether the cross-reference table is not where the file says, so that a reader had to rebuild it: things may be missing. */
export function isDamaged(bytes: Uint8Array): boolean {
  const file = asBuffer(bytes);
  const tail = file.subarray(-TAIL_BYTES).toString('latin1');
  const offset = /startxref\s+(\d+)\s+%%EOF\s*\0*\s*$/.exec(tail)?.[1] ?? /startxref\s+(\d+)/.exec(tail)?.[1];
  if (offset === undefined) return true;
  const header = Math.max(0, file.indexOf('%PDF-'));
  const isTable = (at: number): boolean => /^\s*(xref|\d+\s+\d+\s+obj)/.test(file.toString('latin1', at, at + 32));
  return !isTable(Number(offset)) && !isTable(Number(offset) + header);
}

/** The file with a trailer for the catalog that lies in it, as truncated downloads lack one; null where there is none to find. */
export function withTrailer(bytes: Uint8Array): Uint8Array | null {
  const file = asBuffer(bytes);
  // Without its trailer an encrypted file cannot be opened any more.
  if (file.includes('/Encrypt')) return null;
  const catalog = file.lastIndexOf('/Catalog');
  const object = catalog < 0 ? -1 : file.lastIndexOf(' obj', catalog);
  if (object < 0) return null;
  const reference = /(\d+) (\d+)$/.exec(file.toString('latin1', Math.max(0, object - 20), object));
  if (!reference) return null;
  return new Uint8Array(
    Buffer.concat([file, Buffer.from(`\nendstream\nendobj\ntrailer\n<< /Root ${reference[0]} R >>\n`)]),
  );
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
