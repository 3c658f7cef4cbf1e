// Owns the files that a chaos run posts: small PDFs that can be told from each other by one word, broken ones, and no documents.
import { writePdf } from '../fixtures/pdfWriter.ts';

/** What has to become of an upload: an answer with a word, one refusal, or nothing at all. */
export type Fate = { kind: 'answered'; word: string } | { kind: 'refused' } | { kind: 'ignored' };
export type Paper = { name: string; mime: string; msgtype: 'm.file' | 'm.audio'; bytes: Uint8Array; fate: Fate };

const BIRDS =
  'avocet bittern bluethroat brambling bullfinch bunting buzzard chaffinch chiffchaff cormorant corncrake crossbill curlew dipper dotterel dunlin dunnock fieldfare firecrest fulmar gadwall gannet godwit goldcrest goldeneye goshawk greenshank grebe guillemot hawfinch hobby hoopoe jackdaw kestrel kingfisher kittiwake lapwing linnet nightjar nuthatch'.split(
    ' ',
  );

/** The words that an answer may be told by. */
export const WORDS: readonly string[] = BIRDS;

/** Forty papers that can be read, each with a word of its own in every sentence. */
export function readablePapers(): Paper[] {
  return BIRDS.map((word, index) => ({
    name: `paper-${index}.pdf`,
    mime: 'application/pdf',
    msgtype: 'm.file',
    bytes: writePdf({ pages: [{ lines: sentences(word, index) }] }),
    fate: { kind: 'answered', word },
  }));
}

function sentences(word: string, index: number): string[] {
  return [
    `The ${word} was counted at ${index + 3} places along the river this spring.`,
    `Every pair of the ${word} has raised its young behind the old mill.`,
    `The wardens of the ${word} meet again on the second Monday of May.`,
  ];
}

/** Called PDFs, and none that can be read: cut off, locked, something else. */
export function brokenPapers(): Paper[] {
  const whole = writePdf({ pages: [{ lines: sentences('heron', 0) }] });
  const locked = writePdf({ password: 'sesame', pages: [{ lines: sentences('heron', 0) }] });
  const broken = { mime: 'application/pdf', msgtype: 'm.file', fate: { kind: 'refused' } } as const;
  return [
    { name: 'nothing-in-it.pdf', bytes: Buffer.from(`%PDF-1.7\n${'nothing '.repeat(40)}`), ...broken },
    { name: 'cut-off.pdf', bytes: whole.subarray(0, 60), ...broken },
    { name: 'locked.pdf', bytes: locked, ...broken },
    { name: 'a-letter.pdf', bytes: Buffer.from('Dear all, this is no PDF.'), ...broken },
  ];
}

/** Files that are nobody's business. */
export function otherFiles(): Paper[] {
  const fate = { kind: 'ignored' } as const;
  return [
    { name: 'notes.txt', mime: 'text/plain', msgtype: 'm.file', bytes: Buffer.from('milk, bread'), fate },
    { name: 'voice.ogg', mime: 'audio/ogg', msgtype: 'm.audio', bytes: Buffer.from('OggS'), fate },
    { name: 'table', mime: 'application/octet-stream', msgtype: 'm.file', bytes: Buffer.from('a,b\n1,2\n'), fate },
  ];
}
