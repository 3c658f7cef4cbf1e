// The program as it is started on a command line: what it says of wrong settings and wrong commands, and its exit code.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';

const MAIN = join(import.meta.dirname, '../../src/main.ts');
/** Nothing listens on port 1. */
const MATRIX = {
  MATRIX_HOMESERVER_URL: 'http://127.0.0.1:1',
  MATRIX_USER: 'lector',
  MATRIX_PASSWORD: 's3cret-password',
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lector-command-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
});

type Said = { code: number | string | null; stdout: string; stderr: string };

/** Runs `lector ARGS` in the test's folder, with a file .env of these lines, to its end. */
function lector(args: string[], env: Record<string, string> = {}, envFile: string[] = []): Promise<Said> {
  writeFileSync(join(folder, '.env'), envFile.join('\n'));
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], { cwd: folder, env }, (error, stdout, stderr) => {
      resolve({ code: error ? (error.code ?? null) : 0, stdout, stderr });
    });
  });
}

describe('a misspelt variable in .env', () => {
  const MISSPELT = ['MATRIX_ALOWED_USERS=@anna:example.org'];
  const SENTENCE = 'MATRIX_ALOWED_USERS is not a variable of Lector; did you mean MATRIX_ALLOWED_USERS?';

  test('is warned of when the bot starts, without its value', async () => {
    const { code, stdout } = await lector(['start'], { ...MATRIX, DATA_DIR: join(folder, '.env', 'data') }, MISSPELT);
    expect(JSON.parse(stdout.split('\n')[0] ?? '')).toMatchObject({ level: 'warn', msg: SENTENCE });
    expect(stdout).not.toContain('@anna');
    expect(code).toBe(1);
  });

  test('is shown by doctor', async () => {
    const { stdout, stderr } = await lector(['doctor'], MATRIX, MISSPELT);
    expect(stdout).toContain(`\n! Settings: ${SENTENCE}\n`);
    expect(stderr).toBe('');
  });

  test('is named beside the variable that is missing for it', async () => {
    const { code, stderr } = await lector(['doctor'], { ...MATRIX, MATRIX_USER: '' }, [
      'MATRIX_USR=@lector:example.org',
    ]);
    expect(stderr.split('\n')).toEqual([
      'The settings are wrong:',
      "  MATRIX_USER is missing: the bot's user (or set MATRIX_ACCESS_TOKEN)",
      '  MATRIX_USR is not a variable of Lector; did you mean MATRIX_USER?',
      '',
    ]);
    expect(code).toBe(2);
  });
});

test('a misspelt variable of the environment is shown by doctor too', async () => {
  const { stdout } = await lector(['doctor'], { ...MATRIX, LLM_MODLE: 'qwen3' });
  expect(stdout).toContain('\n! Settings: LLM_MODLE is not a variable of Lector; did you mean LLM_MODEL?\n');
});

describe('a word that is no command', () => {
  test.each(['diagnose', 'report.pdf'])('%s is answered with the commands that there are', async (word) => {
    const { code, stdout, stderr } = await lector([word], MATRIX);
    expect(stderr).toMatch(
      new RegExp(
        `^error: there is no command '${word}'\\. The commands are start, read, demo, doctor.*; 'help' tells what they do\n$`,
      ),
    );
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  test('behind start is refused too', async () => {
    const { code, stderr } = await lector(['start', 'report.pdf'], MATRIX);
    expect(stderr).toBe("error: 'start' takes nothing after it\n");
    expect(code).toBe(2);
  });

  test('is told before its options are', async () => {
    const { stderr } = await lector(['raed', '--json', 'report.pdf'], MATRIX);
    expect(stderr).toMatch(/^error: there is no command 'raed'/);
  });

  test('is told from an option that there is not', async () => {
    const { code, stderr } = await lector(['--jsno'], MATRIX);
    expect(stderr).toBe("error: unknown option '--jsno'\n");
    expect(code).toBe(2);
  });

  test('is not what help is, which names every command', async () => {
    const { code, stdout } = await lector(['help']);
    expect(stdout).toMatch(/start .*the bot\n[\s\S]*read .*\n[\s\S]*demo .*\n[\s\S]*doctor /);
    expect(code).toBe(0);
  });
});
