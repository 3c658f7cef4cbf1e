// Owns a stream that keeps what a command says.
import { Writable } from 'node:stream';

export type Said = { stream: Writable; text(): string };

export function createSaid(): Said {
  const chunks: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(String(chunk));
      done();
    },
  });
  return { stream, text: () => chunks.join('') };
}
