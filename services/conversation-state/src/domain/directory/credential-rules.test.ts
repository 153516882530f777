import type { CredentialRules } from '@baton/channels/capabilities.ts';
import { expect, test } from 'vitest';
import { credentialFaults } from './credential-rules.ts';

const rules: CredentialRules = {
  token: { kind: 'pattern', pattern: /^\d+:\w+$/, means: 'a token' },
  base: { kind: 'url', optional: true },
  origins: { kind: 'texts', optional: true },
  smtp: { kind: 'object', optional: true, fields: { host: { kind: 'text' }, port: { kind: 'port' } } },
};
const faults = (given: Record<string, unknown>) => credentialFaults(given, rules, '/credentials', 'x').map((one) => one.path);

test('what is needed, well-formed and known passes, at any depth', () => {
  expect(faults({ token: '1:a' })).toEqual([]);
  expect(faults({ token: '1:a', base: 'https://x', origins: ['https://y'], smtp: { host: 'h', port: 25 } })).toEqual([]);
});

test('what is missing, misshapen or unknown is named where it stands', () => {
  expect(faults({})).toEqual(['/credentials/token']);
  expect(faults({ token: 'x', base: 'ftp://x', origins: 'y', smtp: [] })).toEqual([
    '/credentials/token',
    '/credentials/base',
    '/credentials/origins',
    '/credentials/smtp',
  ]);
  expect(faults({ token: '1:a', smtp: { port: 0, pass: 'x' } })).toEqual([
    '/credentials/smtp/host',
    '/credentials/smtp/port',
    '/credentials/smtp/pass',
  ]);
  expect(faults({ token: { toString: 'x' }, constructor: 'x' })).toEqual(['/credentials/token', '/credentials/constructor']);
});
