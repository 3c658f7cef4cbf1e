// What doctor tells of text recognition and profiles.
import { expect, test } from 'vitest';
import { checkOcr, checkProfiles } from '../../../src/cli/doctorReading.ts';
import { createRecordingLog } from '../../fixtures/recordingLog.ts';

const ocr = (languages: string[]) => checkOcr({ ocr: { languages, dataDir: undefined } });
const profiles = (profile: string) =>
  checkProfiles({ rooms: { profile, mode: 'auto', admins: [] } }, createRecordingLog().log);

test('names the languages that are there', () => {
  expect(ocr(['eng', 'deu'])).toEqual({ state: 'ok', name: 'Text recognition', detail: 'deu, eng' });
});

test('says that text recognition is off', () => {
  expect(ocr([])).toMatchObject({ state: 'ok', detail: 'off: OCR_LANGUAGES is empty' });
});

test('says how a language that is not there is had', () => {
  expect(ocr(['eng', 'tlh'])).toEqual({
    state: 'failed',
    name: 'Text recognition',
    detail: 'OCR_LANGUAGES tlh is not installed',
    advice:
      'npm install --no-save @tesseract.js-data/tlh, or put tlh.traineddata into the folder that TESSDATA_PREFIX names',
  });
});

test('names the profiles that come with Lector', () => {
  const names = 'default, event, invoice, minutes, receipt, trading';
  expect(profiles('default')).toEqual({ state: 'ok', name: 'Profiles', detail: names });
});

test('says which profiles there are when the default is none of them', () => {
  expect(profiles('tickets')).toMatchObject({
    state: 'failed',
    detail: 'DEFAULT_PROFILE tickets is not there',
    advice: 'Set DEFAULT_PROFILE to one of default, event, invoice, minutes, receipt, trading.',
  });
});
