// Owns the running bot of a test: `lector start` with its log read line by line.
import { createInterface } from 'node:readline';
import { type Exit, spawnLector, type Variables } from './lectorProcess.ts';
import { temporaryFolder } from './temporaryFolder.ts';

export type LogLine = { level: string; time: string; msg: string } & Record<string, unknown>;
export type LogPredicate = (line: LogLine, index: number) => boolean;

export type BotProcess = {
  dataDir: string;
  logs(): LogLine[];
  stderr(): string;
  /** The first line that has this message or fits, seen already or still to come; rejects when the bot ends before, or after 60 s. */
  waitForLog(what: string | LogPredicate): Promise<LogLine>;
  /** Resolves once the first sync is stored. */
  ready(): Promise<void>;
  signal(signal: NodeJS.Signals): void;
  /** Sends the signal and waits for the end. */
  kill(signal: NodeJS.Signals): Promise<Exit>;
  exited: Promise<Exit>;
};

export type BotOptions = {
  homeserverUrl: string;
  user: string;
  password: string;
  /** Kept by the caller; default: a fresh one that goes with the test. */
  dataDir?: string;
  env?: Variables;
};

const LOG_TIMEOUT_MS = 60_000;

/** Starts the bot; returns at once, before it has logged in. */
export async function startBot({ homeserverUrl, user, password, dataDir, env }: BotOptions): Promise<BotProcess> {
  const folder = dataDir ?? (await temporaryFolder());
  const lector = spawnLector(['start'], {
    MATRIX_HOMESERVER_URL: homeserverUrl,
    MATRIX_USER: user,
    MATRIX_PASSWORD: password,
    DATA_DIR: folder,
    LOG_FORMAT: 'json',
    LOG_LEVEL: 'debug',
    // Members of tests post faster than people, and one bot alone can have the port.
    MEMBER_UPLOADS_PER_MINUTE: '0',
    HTTP_PORT: '0',
    ...env,
  });
  const log = readLog(lector.stdout, lector.exited);
  let stderr = '';
  lector.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  return {
    dataDir: folder,
    logs: () => [...log.lines],
    stderr: () => stderr,
    waitForLog: (what) => log.waitFor(typeof what === 'string' ? ({ msg }) => msg === what : what),
    ready: async () => void (await log.waitFor(({ msg }) => msg === 'Lector is ready')),
    signal: lector.kill,
    kill(signal) {
      lector.kill(signal);
      return lector.exited;
    },
    exited: lector.exited,
  };
}

function readLog(stdout: NodeJS.ReadableStream, exited: Promise<Exit>) {
  const lines: LogLine[] = [];
  const watchers = new Set<() => void>();
  createInterface({ input: stdout }).on('line', (line) => {
    lines.push(JSON.parse(line) as LogLine);
    for (const look of watchers) look();
  });

  function waitFor(fits: LogPredicate): Promise<LogLine> {
    return new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timer);
        watchers.delete(look);
      };
      const look = () => {
        const found = lines.find(fits);
        if (!found) return;
        end();
        resolve(found);
      };
      const fail = (why: string) => {
        end();
        reject(new Error(`${why}; the log's last lines:\n${tail(lines)}`));
      };
      const timer = setTimeout(() => fail(`no such line within ${LOG_TIMEOUT_MS} ms`), LOG_TIMEOUT_MS);
      watchers.add(look);
      void exited.then(({ code, signal }) => fail(`the bot ended (${code ?? signal}) without such a line`));
      look();
    });
  }

  return { lines, waitFor };
}

function tail(lines: LogLine[]): string {
  return lines
    .slice(-12)
    .map((line) => JSON.stringify(line).slice(0, 400))
    .join('\n');
}
