// Who may ask the HTTP server what: this machine without a token, everybody else with it.
import { describe, expect, test } from 'vitest';
import { createAdmission } from '../../../src/ops/admission.ts';

const TOKEN = 'a long token of the operator';
const LOCAL = '127.0.0.1';
const ELSEWHERE = '192.0.2.7';

type Case = [host: string, token: string | null, remoteAddress: string | undefined, path: string, letIn: boolean];

describe('without a header', () => {
  test.each<Case>([
    ['127.0.0.1', null, LOCAL, '/health', true],
    ['127.0.0.1', null, LOCAL, '/metrics', true],
    ['localhost', null, '::1', '/ready', true],
    ['::1', null, '::1', '/ready', true],
    ['127.0.0.1', null, '::ffff:127.0.0.1', '/ready', true],
    ['127.0.0.1', TOKEN, LOCAL, '/health', true],
    // Nothing is there without a token: a request for it is told so.
    ['127.0.0.1', null, LOCAL, '/', true],
    ['127.0.0.1', TOKEN, LOCAL, '/', false],
    ['127.0.0.1', TOKEN, LOCAL, '/health/', false],
    // localhost may be another address in /etc/hosts.
    ['localhost', null, ELSEWHERE, '/health', false],
    ['127.0.0.1', null, undefined, '/health', false],
    ['0.0.0.0', TOKEN, LOCAL, '/health', false],
    ['0.0.0.0', TOKEN, ELSEWHERE, '/metrics', false],
    ['0.0.0.0', null, LOCAL, '/health', false],
    ['127.0.0.1.example.org', TOKEN, LOCAL, '/health', false],
  ])('host %s, token %s, from %s, %s: %s', (host, token, remoteAddress, path, letIn) => {
    expect(createAdmission(host, token)({ path, remoteAddress, authorization: undefined })).toBe(letIn);
  });
});

describe('with a header', () => {
  const ask = (authorization: string, token: string | null = TOKEN) =>
    createAdmission('0.0.0.0', token)({ path: '/health', remoteAddress: ELSEWHERE, authorization });

  test.each([`Bearer ${TOKEN}`, `bearer ${TOKEN}`, `Bearer  ${TOKEN} `])('%j is let in', (header) => {
    expect(ask(header)).toBe(true);
  });

  test.each([
    '',
    'Bearer',
    'Bearer ',
    'Bearer wrong',
    `Bearer ${TOKEN}x`,
    `Bearer ${TOKEN.slice(1)}`,
    `Basic ${TOKEN}`,
    TOKEN,
  ])('%j is not', (header) => {
    expect(ask(header)).toBe(false);
  });

  test('no header opens what has no token', () => {
    expect(ask('Bearer null', null)).toBe(false);
  });
});
