// What operators are told of names that Lector does not know: misspelt ones do not go unnoticed, and their machine's own are left alone.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findUnknownVariables } from '../../../config/unknownVariables.ts';
import { LATER_VARIABLES, REFUSED_VARIABLES, variables } from '../../../config/variables.ts';

const inFile = (...names: string[]) => findUnknownVariables(Object.fromEntries(names.map((name) => [name, 'x'])), {});
const inEnvironment = (...names: string[]) =>
  findUnknownVariables({}, Object.fromEntries(names.map((name) => [name, 'x'])));

describe('in .env', () => {
  test.each([
    ['MATRIX_ALOWED_USERS', 'MATRIX_ALLOWED_USERS'],
    ['MATRIX_HOMESERVER', null],
    ['MATRIX_HOMESERVER_URI', 'MATRIX_HOMESERVER_URL'],
    ['matrix_password', 'MATRIX_PASSWORD'],
    ['LLM_MODLE', 'LLM_MODEL'],
    ['MAX_PAEGS', 'MAX_PAGES'],
    ['LLM_API_KEY_FIEL', 'LLM_API_KEY_FILE'],
    ['COMPOSE_PROJECT_NAME', null],
    ['NODE_OPTIONS', null],
  ])('%s is told', (name, suggestion) => {
    const meant = suggestion === null ? '' : `; did you mean ${suggestion}?`;
    expect(inFile(name)).toEqual([`${name} is not a variable of Lector${meant}`]);
  });

  test('every variable that Lector knows is taken without a word, those of later versions and secrets in files too', () => {
    const known = [...Object.keys(variables), ...LATER_VARIABLES, ...REFUSED_VARIABLES];
    expect(inFile(...known, 'MATRIX_PASSWORD_FILE', 'MATRIX_ACCESS_TOKEN_FILE', 'LLM_API_KEY_FILE')).toEqual([]);
  });

  test('a secret that stands on a line of its own is not repeated as a name', () => {
    const [said, ...more] = inFile('c2VjcmV0LXBhc3N3b3Jk', '5f4dcc3b5aa765d61d8327deb882cf99');
    expect(said).toBe('.env has a name that is not a variable of Lector (not shown, as it does not look like a name)');
    expect(more).toEqual([]);
  });

  test('values are never shown', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9_]{1,20}$/), fc.stringMatching(/^[#%&]{8}$/), (name, value) => {
        expect(findUnknownVariables({ [name]: value }, { [name]: value }).join()).not.toContain(value);
      }),
    );
  });
});

describe('in the environment', () => {
  test.each([
    ['MATRIX_ALOWED_USERS', '; did you mean MATRIX_ALLOWED_USERS?'],
    ['QUEUE_MAXSIZE', '; did you mean QUEUE_MAX_SIZE?'],
    ['DATADIRR', null],
    ['DATA_DIRR', '; did you mean DATA_DIR?'],
    ['LLM_KEY', ''],
    ['MATRIX_TOKEN', ''],
    ['OCR_LANGS', ''],
  ])('%s', (name, rest) => {
    expect(inEnvironment(name)).toEqual(rest === null ? [] : [`${name} is not a variable of Lector${rest}`]);
  });

  test('what machines, shells, npm, containers and other programs set is left alone', () => {
    const ordinary =
      'PATH HOME USER LOGNAME SHELL LANG LC_ALL TERM PWD OLDPWD SHLVL TMPDIR EDITOR MAIL HOSTNAME TZ DISPLAY COLORTERM ' +
      'XDG_CACHE_HOME XDG_DATA_DIRS XDG_RUNTIME_DIR DBUS_SESSION_BUS_ADDRESS SSH_AUTH_SOCK INVOCATION_ID JOURNAL_STREAM ' +
      'NODE NODE_ENV NODE_OPTIONS NODE_EXTRA_CA_CERTS NODE_PATH npm_config_cache npm_lifecycle_event npm_package_json INIT_CWD ' +
      'HTTP_PROXY HTTPS_PROXY NO_PROXY HTTP_POST HTTPS_PORT PORT HOST CI GITHUB_TOKEN JAVA_DIR DATA LOGLEVEL LOG_DIR LOG_FILE ' +
      'OPENAI_API_KEY OPENAI_BASE_URL ANTHROPIC_API_KEY OLLAMA_HOST OLLAMA_MODELS OLLAMA_KEEP_ALIVE LLAMA_CACHE HF_HOME ' +
      'MATRIX_SYNAPSE_SERVICE_HOST MATRIX_PORT_8008_TCP_ADDR LLM_SERVICE_PORT_HTTP LLM_USER_PATH LLM_LOAD_PLUGINS REDIS_HOST REDIS_PORT DATABASE_URL PGDATA MAX_JOBS MAKEFLAGS DEBUG';
    expect(inEnvironment(...ordinary.split(' '))).toEqual([]);
  });

  test('a name that is set to nothing does nothing', () => {
    expect(findUnknownVariables({}, { MATRIX_ALOWED_USERS: '' })).toEqual([]);
  });

  test('and in .env as well is told once', () => {
    expect(findUnknownVariables({ LLM_MODLE: 'a' }, { LLM_MODLE: 'b' })).toHaveLength(1);
  });
});

test('any name of ours with a letter lost is recognised', () => {
  const names = Object.keys(variables);
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.nat(), (name, seed) => {
      const at = seed % name.length;
      const misspelt = name.slice(0, at) + name.slice(at + 1);
      expect(inFile(misspelt)).toEqual([`${misspelt} is not a variable of Lector; did you mean ${name}?`]);
    }),
  );
});
