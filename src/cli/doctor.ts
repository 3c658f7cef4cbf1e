// Owns the command `doctor`: looks at everything the bot needs and says what to do about each failure.
import type { Config } from '../../config/env.ts';
import type { Log } from '../domain/log.ts';
import { checkDataDir, checkDisk } from './doctorDisk.ts';
import { checkHttp } from './doctorHttp.ts';
import { checkMatrix } from './doctorMatrix.ts';
import { checkModel } from './doctorModel.ts';
import { checkOcr, checkProfiles } from './doctorReading.ts';

/** One line of the doctor: well, failed with advice, worth a look, or not looked at because of an earlier failure. */
export type Finding =
  | { state: 'ok'; name: string; detail: string }
  | { state: 'failed'; name: string; detail: string; advice: string }
  | { state: 'doubtful'; name: string; detail: string; advice?: string }
  | { state: 'skipped'; name: string; detail: string };

export type DoctorDeps = {
  config: Config;
  log: Log;
  /** What is odd about the settings, a sentence each. */
  remarks: readonly string[];
  stdout: NodeJS.WritableStream;
};

const UNSEEN_DISK: Finding = { state: 'skipped', name: 'Disk', detail: 'not looked at' };

/** Prints every finding; 1 if any failed. Changes nothing: a login made for the check is ended again. */
export async function doctor({ config, log, remarks, stdout }: DoctorDeps): Promise<0 | 1> {
  const seen = new Set<Finding['state']>();
  const print = (findings: Finding[]): void => {
    for (const finding of findings) {
      seen.add(finding.state);
      stdout.write(`${format(finding)}\n`);
    }
  };
  print([{ state: 'ok', name: 'Node', detail: process.version }]);
  print(remarks.map((detail) => ({ state: 'doubtful', name: 'Settings', detail })));
  const dataDir = checkDataDir(config.storage.dataDir);
  print([dataDir.finding, dataDir.finding.state === 'failed' ? UNSEEN_DISK : await checkDisk(config.storage)]);
  print([await checkHttp(config, dataDir.isInUse)]);
  if (config.matrix) print(await checkMatrix(config.matrix, config));
  print([checkOcr(config), checkProfiles(config, log)]);
  print(await checkModel(config, log));
  stdout.write(`\n${closingLine(seen, dataDir.isInUse)}\n`);
  return seen.has('failed') ? 1 : 0;
}

function closingLine(seen: ReadonlySet<Finding['state']>, isRunning: boolean): string {
  if (seen.has('failed')) return 'Something needs your attention.';
  const verdict = seen.has('doubtful') ? 'Nothing failed, but look at the lines with “!”' : 'All is well';
  return `${verdict}: ${isRunning ? 'a Lector is running on this data folder.' : '`npm start` runs the bot.'}`;
}

function format(finding: Finding): string {
  const mark = { ok: '✓', failed: '✗', doubtful: '!', skipped: '–' }[finding.state];
  const advice = 'advice' in finding && finding.advice ? `\n    → ${finding.advice}` : '';
  return `${mark} ${finding.name}: ${finding.detail}${advice}`;
}
