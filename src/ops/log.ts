// Owns the log: pino, pretty on a terminal, JSON elsewhere, and without any secret in it.
import { type DestinationStream, type Logger, pino } from 'pino';
import type { Log } from '../domain/log.ts';
import { createScrub } from './scrub.ts';

export type LogSettings = {
  level: string;
  format: 'auto' | 'pretty' | 'json';
  /** Values that must never be written, wherever they stand in a line. */
  secrets: readonly string[];
  /** Standard output of the bot; standard error of commands whose output is data. */
  destination: NodeJS.WriteStream;
};

/** A log that writes at once: a line written before a crash is there after it. */
export async function createLog({ level, format, secrets, destination }: LogSettings): Promise<Log> {
  const scrub = createScrub(secrets);
  const out: DestinationStream = { write: (line) => void destination.write(scrub(line)) };
  const isPretty = format === 'pretty' || (format === 'auto' && destination.isTTY === true);
  const stream = isPretty ? await prettyOnto(out, destination.isTTY === true) : out;
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: pino.stdSerializers.errWithCause },
    },
    stream,
  );
  return fromPino(logger);
}

async function prettyOnto(out: DestinationStream, colorize: boolean): Promise<DestinationStream> {
  // Thirty modules that machines have no use for.
  const { default: pretty } = await import('pino-pretty');
  const format = pretty.prettyFactory({ colorize, translateTime: 'SYS:HH:MM:ss.l', ignore: 'pid,hostname' });
  return { write: (line) => out.write(format(line) ?? line) };
}

function fromPino(logger: Logger): Log {
  return {
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
    child: (fields) => fromPino(logger.child(fields)),
  };
}
