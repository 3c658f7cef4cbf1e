// Owns how the kind of a file is told from its first bytes, never from its name or its declared type.
import type { MediaKind } from './media.ts';

/** Bytes of a file's head that `kindOf` wants to see: as many as file-type asks for. */
export const HEAD_BYTES = 4_100;

/** Readers of PDF accept the header anywhere in these bytes. */
const PDF_HEAD_BYTES = 1_024;

/** What pictures are told apart by; the last five are known so that they can be refused for what they are. */
export type PictureFormat = 'png' | 'jpeg' | 'webp' | 'gif' | 'avif' | 'tiff' | 'heif' | 'svg' | 'bmp' | 'jp2' | 'jxl';

/** file-type's extensions; cursors, layers of paint programs and raw files of cameras are nothing that a room wants read. */
const FORMATS: Readonly<Record<string, PictureFormat>> = {
  png: 'png',
  apng: 'png',
  jpg: 'jpeg',
  webp: 'webp',
  gif: 'gif',
  avif: 'avif',
  tif: 'tiff',
  heic: 'heif',
  bmp: 'bmp',
  jp2: 'jp2',
  j2c: 'jp2',
  jpx: 'jp2',
  jxl: 'jxl',
};

/** The kind of a file by its first HEAD_BYTES (or all, when it is shorter); null: neither a document nor a picture. */
export async function kindOf(head: Uint8Array): Promise<MediaKind | null> {
  if (isPdf(head)) return 'pdf';
  return (await pictureFormatOf(head)) === null ? null : 'image';
}

/** The format of a picture by the same bytes; null: it is none that Lector knows. */
export async function pictureFormatOf(head: Uint8Array): Promise<PictureFormat | null> {
  const start = head.subarray(0, HEAD_BYTES);
  // Loaded with the first file that is no PDF: it takes 40 ms and 10 MB.
  const { fileTypeFromBuffer } = await import('file-type');
  const type = await fileTypeFromBuffer(start);
  const format = type === undefined ? undefined : FORMATS[type.ext];
  if (format) return format;
  if (type === undefined && isTiff(start)) return 'tiff';
  return isSvg(start) ? 'svg' : null;
}

function isPdf(head: Uint8Array): boolean {
  return textOf(head.subarray(0, PDF_HEAD_BYTES)).includes('%PDF-');
}

/** file-type follows a TIFF to its directory, which most writers put at the end; and it knows no TIFF of over 4 GB's form. */
function isTiff(head: Uint8Array): boolean {
  return /^(?:II[*+]\0|MM\0[*+])/.test(textOf(head.subarray(0, 4)));
}

/** What may stand before the first element of an XML file; SVG is XML whose first element is `svg`. */
const PROLOGUE: readonly { start: string; end: string }[] = [
  { start: '<?', end: '?>' },
  { start: '<!--', end: '-->' },
  { start: '<!DOCTYPE', end: '>' },
];

function isSvg(head: Uint8Array): boolean {
  let rest = textOf(head)
    .replace(/^\u00ef\u00bb\u00bf/, '')
    .trimStart();
  for (;;) {
    if (/^<(?:svg:)?svg[\s>/]/.test(rest) || /^<!DOCTYPE\s+svg\b/i.test(rest)) return true;
    const part = PROLOGUE.find(({ start }) => rest.startsWith(start));
    const end = part ? rest.indexOf(part.end) : -1;
    if (!part || end === -1) return false;
    rest = rest.slice(end + part.end.length).trimStart();
  }
}

/** A character a byte: nothing of what is looked for lies outside ASCII. */
function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
