// Owns what `doctor` looks at of the reading itself: the languages of text recognition and the profiles.
import type { Config } from '../../config/env.ts';
import { toAppError } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import { ocrLanguages, PROFILES_FOLDER } from '../openReader.ts';
import { createProfiles } from '../profiles/createProfiles.ts';
import type { Finding } from './doctor.ts';

/** Whether every language of OCR_LANGUAGES is there. */
export function checkOcr({ ocr }: Pick<Config, 'ocr'>): Finding {
  const name = 'Text recognition';
  if (ocr.languages.length === 0) return { state: 'ok', name, detail: 'off: OCR_LANGUAGES is empty' };
  try {
    return {
      state: 'ok',
      name,
      detail: ocrLanguages(ocr)
        .map(({ code }) => code)
        .join(', '),
    };
  } catch (thrown) {
    const [detail, ...advice] = toAppError(thrown).message.split(': ');
    return { state: 'failed', name, detail: `${detail}`, advice: advice.join(': ') };
  }
}

/** Whether the profiles can be read, and DEFAULT_PROFILE is among them. */
export function checkProfiles({ rooms }: Pick<Config, 'rooms'>, log: Log): Finding {
  const name = 'Profiles';
  const profiles = createProfiles({ folder: PROFILES_FOLDER, log, watch: false });
  const names = profiles.all().map((profile) => profile.name);
  profiles.close();
  const [problem] = profiles.problems();
  if (!names.includes(rooms.profile)) {
    const detail = problem ?? `DEFAULT_PROFILE ${rooms.profile} is not there`;
    return { state: 'failed', name, detail, advice: `Set DEFAULT_PROFILE to one of ${names.join(', ')}.` };
  }
  if (problem) return { state: 'failed', name, detail: problem, advice: 'Mend the file; the other profiles work.' };
  return { state: 'ok', name, detail: names.join(', ') };
}
