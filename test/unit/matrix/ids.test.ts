// Which addresses of files become requests: those of the specification's grammar, and nothing that climbs in a path.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isServerName, parseMxc } from '../../../src/matrix/ids.ts';

describe('a server name', () => {
  test.each([
    'here',
    'matrix.org',
    'matrix.org:8448',
    '1.2.3.4',
    '1.2.3.4:1234',
    '[1234:5678::abcd]',
    '[1234:5678::abcd]:5678',
    '[::ffff:1.2.3.4]',
    'xn--bcher-kva.example',
  ])('may be %s', (name) => {
    expect(isServerName(name)).toBe(true);
  });

  test.each([
    '',
    '.',
    '..',
    '...',
    '.org',
    'org.',
    'a..b',
    '../../admin',
    'a/b',
    'a b',
    'a\\b',
    'a%2e',
    'a?b',
    'a#b',
    'user@here',
    'bücher.example',
    'here:',
    'here:port',
    'here:123456',
    ':8448',
    '[::1',
    '::1',
    '[]',
    '[g::1]',
    'a\n',
    '\ud800',
    'x'.repeat(256),
  ])('is not %j', (name) => {
    expect(isServerName(name)).toBe(false);
  });
});

describe('the address of a file', () => {
  test('tells its server and its id', () => {
    expect(parseMxc('mxc://here:8448/aB-_9')).toEqual({ server: 'here:8448', mediaId: 'aB-_9' });
  });

  test.each([
    'mxc://here/',
    'mxc:///abc',
    'mxc://here',
    'mxc://here/..',
    'mxc://here/.',
    'mxc://../abc',
    'mxc://here/../../v3/logout',
    'mxc://here/a/b',
    'mxc://here/a%2fb',
    'mxc://here/a.b',
    'mxc://here/äbc',
    'mxc://here/abc?x=1',
    'mxc://here/abc#x',
    'mxc://here/abc\n',
    'mxc://here/ abc',
    'MXC://here/abc',
    'https://here/abc',
    `mxc://here/${'x'.repeat(256)}`,
  ])('is not %j', (uri) => {
    expect(parseMxc(uri)).toBeNull();
  });

  test('stays where it is put in a path, whatever was written', () => {
    const part = fc.string({ unit: fc.constantFrom('.', '/', '%', '2', 'e', ':', '[', ']', '-', 'a', '\\', '?') });
    fc.assert(
      fc.property(part, part, (server, id) => {
        const media = parseMxc(`mxc://${server}/${id}`);
        if (!media) return;
        const path = `/media/${encodeURIComponent(media.server)}/${encodeURIComponent(media.mediaId)}`;
        expect(new URL(`http://h${path}`).pathname).toBe(path);
      }),
    );
  });
});
