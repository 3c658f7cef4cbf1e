// What doctor makes of odd settings: it shows them, and they are no failure.
import { expect, test } from 'vitest';
import { runDoctor, temporaryFolder } from './doctorRig.ts';

const REMARK = 'MATRIX_ALOWED_USERS is not a variable of Lector; did you mean MATRIX_ALLOWED_USERS?';

test('a misspelt variable is shown, and its line is pointed to at the end', async () => {
  const { code, said } = await runDoctor({ DATA_DIR: temporaryFolder() }, [REMARK]);
  expect(said).toContain(`\n! Settings: ${REMARK}\n`);
  expect(said).toMatch(/\nNothing failed, but look at the lines with “!”: `npm start` runs the bot\.\n$/);
  expect(code).toBe(0);
});

test('settings without anything odd are not spoken of', async () => {
  const { said } = await runDoctor({ DATA_DIR: temporaryFolder() });
  expect(said).not.toContain('Settings');
});
